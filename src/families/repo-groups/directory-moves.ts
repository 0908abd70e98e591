import { existsSync } from 'node:fs';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NameTree } from './name-tree.js';

interface Intent extends Record<string, unknown> {
  from_name: string;
  to_name: string;
}

/**
 * Moves a directory together with a change in the database. The intent is written down and committed first; the
 * transaction of the change removes it. An intent that is still there belongs to a change that never was: what was
 * moved for it goes back, at once or, when the process died, at the next start.
 */
@Injectable()
export class DirectoryMoves implements OnModuleInit {
  private readonly log = new Logger('DirectoryMoves');

  constructor(
    private readonly db: Database,
    private readonly names: NameTree,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  async onModuleInit(): Promise<void> {
    const left = await this.db.query<{ move_id: number }>(
      'SELECT move_id FROM directory_move ORDER BY move_id DESC',
    );
    for (const { move_id } of left) {
      await this.undo(move_id).catch((error: unknown) =>
        this.log.error(`move ${move_id} cannot be undone: ${(error as Error).message}`),
      );
    }
  }

  /**
   * @param from @param to names below the root, as they are expected to be
   * @param work changes the database, in a transaction of the {@link NameTree}; it must make sure that `from` and `to`
   * are still what the change is about, and `move` the directory as its last step
   */
  async run<T>(
    from: string,
    to: string,
    work: (tx: Tx, move: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const [intent] = await this.db.query<{ move_id: number }>(
      'INSERT INTO directory_move (from_name, to_name) VALUES ($1, $2) RETURNING move_id',
      [from, to],
    );
    const moveId = intent?.move_id as number;
    try {
      return await this.names.change(async (tx) => {
        // Another process that starts right now takes an intent whose turn has not come for an abandoned one
        if (!(await take(tx, moveId))) throw new RpcFault('CONFLICT', 'the gateway is starting, try again');
        // A reader may be started again before the directory is gone; it must not live on under the old name
        tx.afterCommit(() => this.release(from));
        return work(tx, () => this.move(from, to));
      });
    } catch (error) {
      await this.undo(moveId).catch((problem: unknown) =>
        this.log.error(
          `\`${from}\` may lie at \`${to}\` until the next start: ${(problem as Error).message}`,
        ),
      );
      throw error;
    }
  }

  private async move(from: string, to: string): Promise<void> {
    await this.release(from);
    await this.root.move(this.root.directory(from), this.root.directory(to));
  }

  /** Ends the pooled processes in the directory and below it. */
  private async release(name: string): Promise<void> {
    const directory = this.root.directory(name);
    await Promise.all([
      this.vcs.backend('git').release(directory),
      this.vcs.backend('hg').release(directory),
    ]);
  }

  private undo(moveId: number): Promise<void> {
    return this.names.change(async (tx) => {
      const intent = await take(tx, moveId);
      if (!intent) return;
      const { from_name: from, to_name: to } = intent;
      if (!this.isOnDisk(to, false) || this.isOnDisk(from, true)) return;
      // The same move may have been made by another call
      if (!(await isName(tx, from)) || (await isName(tx, to))) return;
      await this.move(to, from);
      this.log.warn(`moved \`${to}\` back to \`${from}\``);
    });
  }

  /** @param unclear the answer when a link or a file stands in the way, so that nothing can be moved there */
  private isOnDisk(name: string, unclear: boolean): boolean {
    try {
      return existsSync(this.root.directory(name));
    } catch {
      return unclear;
    }
  }
}

async function take(tx: Tx, moveId: number): Promise<Intent | undefined> {
  const [intent] = await tx.query<Intent>(
    'DELETE FROM directory_move WHERE move_id = $1 RETURNING from_name, to_name',
    [moveId],
  );
  return intent;
}

async function isName(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT 1 FROM repo WHERE repo_name = $1 UNION ALL SELECT 1 FROM repo_group WHERE group_name = $1',
    [name],
  );
  return rows.length > 0;
}
