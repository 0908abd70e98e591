import { rmdir } from 'node:fs/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { refuseWhileAtWork } from '../../jobs/at-work.js';
import { RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NameTree } from './name-tree.js';

interface Move {
  /** Names below the root. */
  readonly from: string;
  readonly to: string;
}

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

  onModuleInit(): Promise<void> {
    return this.undoLeft();
  }

  /** Undoes what processes that died had moved. @param from only what was moved from there */
  async undoLeft(from?: string): Promise<void> {
    const left = await this.db.query<{ move_id: number }>(
      'SELECT move_id FROM directory_move WHERE $1::text IS NULL OR from_name = $1 ORDER BY move_id DESC',
      [from ?? null],
    );
    for (const { move_id } of left) {
      await this.undo(move_id, true).catch((error: unknown) =>
        this.log.error(`move ${move_id} cannot be undone: ${(error as Error).message}`),
      );
    }
  }

  /**
   * @param from @param to names below the root, as they are expected to be
   * @param work changes the database, in a transaction of the {@link NameTree}; it must make sure that `from` and `to`
   * are still what the change is about, and `move` the directory as its last step
   * @throws RpcFault CONFLICT when a job works on a repository at `from` or below it
   */
  run<T>(from: string, to: string, work: (tx: Tx, move: () => Promise<void>) => Promise<T>): Promise<T> {
    return this.runAll([{ from, to }], (tx, move) => work(tx, () => move(from)));
  }

  /** As {@link run} for several; `move` takes the `from` of one of them, and need not be called for each. */
  async runAll<T>(
    moves: readonly Move[],
    work: (tx: Tx, move: (from: string) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const intents = await this.db.query<{ move_id: number }>(
      `INSERT INTO directory_move (from_name, to_name) SELECT * FROM unnest($1::text[], $2::text[]) RETURNING move_id`,
      [moves.map(({ from }) => from), moves.map(({ to }) => to)],
    );
    try {
      return await this.names.change(async (tx) => {
        for (const { move_id } of intents) {
          // Another process that starts right now takes an intent whose turn has not come for an abandoned one
          if (!(await take(tx, move_id)))
            throw new RpcFault('CONFLICT', 'the gateway is starting, try again');
        }
        for (const { from } of moves) {
          await refuseWhileAtWork(tx, from);
          // A reader may be started again before the directory is gone; it must not live on under the old name
          tx.afterCommit(() => this.release(from));
        }
        return work(tx, (name) => this.move(name, placeOf(moves, name)));
      });
    } catch (error) {
      for (const { move_id } of intents.reverse()) {
        await this.undo(move_id).catch((problem: unknown) =>
          this.log.error(
            `move ${move_id} is not undone before the next start: ${(problem as Error).message}`,
          ),
        );
      }
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

  /** @param wasKilled whether the process died, which may have been in the middle of {@link RepoRoot.move} */
  private undo(moveId: number, wasKilled = false): Promise<void> {
    return this.names.change(async (tx) => {
      const intent = await take(tx, moveId);
      if (!intent) return;
      const { from_name: from, to_name: to } = intent;
      // The same move may have been made by another call
      if (!this.root.isOnDisk(to, false) || (await isName(tx, to))) return;
      if (this.root.isOnDisk(from, true)) {
        if (wasKilled) await rmdir(this.root.directory(to)).catch(() => undefined);
        return;
      }
      if (!(await isName(tx, from))) return;
      await this.move(to, from);
      this.log.warn(`moved \`${to}\` back to \`${from}\``);
    });
  }
}

function placeOf(moves: readonly Move[], name: string): string {
  const found = moves.find(({ from }) => from === name);
  if (!found) throw new Error(`no move of \`${name}\` was written down`);
  return found.to;
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
