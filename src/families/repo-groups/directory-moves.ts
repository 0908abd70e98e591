import { rmdir } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { refuseWhileAtWork } from '../../jobs/at-work.js';
import { RpcFault } from '../../rpc/errors.js';
import { WakeLoop } from '../../scheduling/wake-loop.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NameTree } from './name-tree.js';

interface Move {
  /** Names below the root. */
  readonly from: string;
  readonly to: string;
}

/** A move of this process whose change failed. */
interface Unsettled extends Move {
  readonly moveId: number;
}

const SETTLE_AGAIN_MS = 2_000;

/**
 * Moves a directory together with a change in the database. The intent is written down and committed first; the
 * transaction of the change removes it. An intent that is still there belongs to a change that never was: what was
 * moved for it goes back, at once, when the database is there again or, when the process died, at the next start.
 */
@Injectable()
export class DirectoryMoves implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('DirectoryMoves');
  private readonly unsettled = new Set<Unsettled>();
  private readonly settling = new WakeLoop(() => this.settleOwn(), {
    pauseMs: SETTLE_AGAIN_MS,
    failed: (error) => this.log.error(`what was moved is not settled yet: ${(error as Error).message}`),
  });

  constructor(
    private readonly db: Database,
    private readonly names: NameTree,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.undoLeft();
    this.settling.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.settling.stop();
  }

  /** Undoes what processes that died had moved. @param from only what was moved from there */
  async undoLeft(from?: string): Promise<void> {
    const left = await this.db.query<{ move_id: number }>(
      'SELECT move_id FROM directory_move WHERE $1::text IS NULL OR from_name = $1 ORDER BY move_id DESC',
      [from ?? null],
    );
    for (const { move_id } of left) {
      await this.settle(move_id, null).catch((error: unknown) =>
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
        return work(tx, (name) => this.move(tx, name, placeOf(moves, name)));
      });
    } catch (error) {
      intents.forEach(({ move_id: moveId }, at) => this.unsettled.add({ moveId, ...(moves[at] as Move) }));
      await this.settleOwn().catch(() => this.settling.wake());
      throw error;
    }
  }

  /** A transaction that was cut off holds the tree no longer, without that anybody here has heard of it. */
  private async move(tx: Tx, from: string, to: string): Promise<void> {
    await this.release(from);
    await tx.query('SELECT 1');
    await this.root.move(this.root.directory(from), this.root.directory(to));
  }

  /** One that cannot be settled keeps no other from it. */
  private async settleOwn(): Promise<boolean> {
    const problems: unknown[] = [];
    for (const one of [...this.unsettled].reverse()) {
      await this.settle(one.moveId, one).then(
        () => this.unsettled.delete(one),
        (problem: unknown) => problems.push(problem),
      );
    }
    if (problems.length > 0) throw problems[0];
    return false;
  }

  /** Ends the pooled processes in the directory and below it. */
  private async release(name: string): Promise<void> {
    const directory = this.root.directory(name);
    await Promise.all([
      this.vcs.backend('git').release(directory),
      this.vcs.backend('hg').release(directory),
    ]);
  }

  /**
   * Puts the directory where the database has its name: back, or onwards when the change was made after all.
   *
   * @param own the move, of a process that lives: another one may have taken its intent for an abandoned one. Null: the
   * process died, perhaps in the middle of {@link RepoRoot.move}
   */
  private settle(moveId: number, own: Move | null): Promise<void> {
    return this.names.change(async (tx) => {
      const move = (await take(tx, moveId)) ?? own;
      if (!move) return;
      const wasMade = await isName(tx, move.to);
      if (wasMade && (await isName(tx, move.from))) return;
      const [wrong, right] = wasMade ? [move.from, move.to] : [move.to, move.from];
      if (!this.root.isOnDisk(wrong, false)) return;
      if (this.root.isOnDisk(right, true)) {
        if (!own && !wasMade) await rmdir(this.root.directory(wrong)).catch(() => undefined);
        return;
      }
      if (!(await isName(tx, right))) return;
      await this.move(tx, wrong, right);
      this.log.warn(`moved \`${wrong}\` to \`${right}\`, where it belongs`);
    });
  }
}

function placeOf(moves: readonly Move[], name: string): string {
  const found = moves.find(({ from }) => from === name);
  if (!found) throw new Error(`no move of \`${name}\` was written down`);
  return found.to;
}

async function take(tx: Tx, moveId: number): Promise<Move | undefined> {
  const [intent] = await tx.query<{ from: string; to: string }>(
    'DELETE FROM directory_move WHERE move_id = $1 RETURNING from_name AS "from", to_name AS "to"',
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
