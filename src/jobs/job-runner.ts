import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { uniqueViolation } from '../database/pg-errors.js';
import { Database, type Tx } from '../database/database.js';
import { WakeLoop } from '../scheduling/wake-loop.js';
import type { RpcFault } from '../rpc/errors.js';
import { toFault } from '../rpc/fault-of.js';
import type { JsonObject } from '../sdk/index.js';
import { JobAttempt } from './job-attempt.js';
import { jobCancelled, toJobError, triedTooOften } from './job-error.js';
import { JobHandlers } from './job-handlers.js';
import { JobLeases } from './job-leases.js';
import { JobMetrics } from './job-metrics.js';
import { JobOutcomes } from './job-outcomes.js';
import { CLAIM, FINISH, RELEASE } from './job-queries.js';
import { LANES, type JobHandler, type JobRow, type Lane } from './job.js';

const PAUSE_MS = 1_000;
const STOP_MS = 3_000;
const MOST_ATTEMPTS = 3;
/** From here on even its end is only written down, and what it left is for a person. */
const MOST_ENDINGS = 2 * MOST_ATTEMPTS;

/** Claims jobs, does them and writes down what became of them. No transaction is open during the long part. */
@Injectable()
export class JobRunner {
  private readonly log = new Logger('Jobs');
  private readonly attempts = new Map<number, JobAttempt>();
  private readonly leases: JobLeases;
  private readonly loops: ReadonlyMap<Lane, WakeLoop>;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly handlers: JobHandlers,
    private readonly outcomes: JobOutcomes,
    private readonly metrics: JobMetrics,
  ) {
    this.leases = new JobLeases(
      db,
      settings.jobLeaseMs,
      () => [...this.attempts.values()],
      (jobId) => this.attempts.get(jobId)?.stop('lost'),
      (jobId) => this.attempts.get(jobId)?.stop('cancelled'),
    );
    const loopOf = (lane: Lane) =>
      new WakeLoop(() => this.claim(lane), {
        pauseMs: PAUSE_MS,
        failed: (error) => this.log.error(`cannot claim jobs: ${(error as Error).message}`),
      });
    this.loops = new Map(LANES.map((lane) => [lane, loopOf(lane)]));
    outcomes.onChange((jobId) => this.changed(jobId));
  }

  /** @param claims whether it takes jobs from the queue too; those that were made here it does always */
  start(claims: boolean): void {
    this.leases.start();
    if (claims) for (const loop of this.loops.values()) loop.start();
  }

  /** Breaks off what runs and gives it back to the queue. */
  async stop(): Promise<void> {
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
    const running = [...this.attempts.values()];
    for (const attempt of running) attempt.stop('stopping');
    const ended = Promise.all(running.map((attempt) => attempt.ended));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())]);
    await this.leases.stop();
  }

  /** @param row a job that was claimed under `claimId` */
  begin(row: JobRow, claimId: string): void {
    const handler = this.handlers.require(row.kind);
    const attempt = new JobAttempt(row, claimId, this.db, this.box, (tx, ended, result) =>
      this.finish(tx, ended, 'succeeded', result, null),
    );
    this.attempts.set(row.job_id, attempt);
    attempt.ended = this.work(attempt, handler).finally(() => {
      if (this.attempts.get(row.job_id) === attempt) this.attempts.delete(row.job_id);
      this.loops.get(row.lane)?.wake();
    });
  }

  private changed(jobId: number | null): void {
    for (const loop of this.loops.values()) loop.wake();
    // It may be the wish to cancel it
    if (jobId === null || this.attempts.has(jobId)) this.leases.beatNow();
  }

  private async claim(lane: Lane): Promise<boolean> {
    const busy = [...this.attempts.values()].filter((attempt) => attempt.row.lane === lane).length;
    if (busy >= this.settings.jobConcurrency) return false;
    const claimId = randomUUID();
    try {
      const [row] = await this.db.prepared<JobRow>('job_claim', CLAIM, [
        lane,
        claimId,
        this.settings.jobLeaseMs,
      ]);
      if (row) this.begin(row, claimId);
      return row !== undefined;
    } catch (error) {
      // Another process took a job of the same repository in this moment
      if (uniqueViolation(error)) return false;
      throw error;
    }
  }

  private async work(attempt: JobAttempt, handler: JobHandler): Promise<void> {
    const { row } = attempt;
    try {
      if (row.cancel_requested) throw jobCancelled(row.job_id);
      if (row.attempts > MOST_ATTEMPTS) throw triedTooOften(row.job_id, row.attempts - 1);
      const result = await handler.run(attempt.job);
      if (result) await this.db.transaction((tx) => attempt.job.succeed(tx, result));
      if (this.attempts.get(row.job_id) === attempt)
        throw new Error(`a job of kind ${row.kind} came to no end`);
    } catch (error) {
      await this.fail(attempt, handler, error).catch((problem: unknown) =>
        // The lease runs out, and somebody tries again
        this.log.error(`job ${row.job_id} (${row.kind}) could not be ended: ${(problem as Error).message}`),
      );
    }
  }

  private async fail(attempt: JobAttempt, handler: JobHandler, error: unknown): Promise<void> {
    const { row } = attempt;
    if (attempt.stopReason === 'stopping') {
      await this.db.query(RELEASE, [row.job_id, attempt.claimId]);
      return;
    }
    // Whoever has it now, or saw its end committed, must not find the disk cleaned
    if (attempt.stopReason === 'lost' || !(await this.leases.isOurs(attempt))) return;
    const fault = attempt.stopReason === 'cancelled' ? jobCancelled(row.job_id) : toFault(error);
    this.tell(row, fault);
    const isHopeless = row.attempts > MOST_ENDINGS;
    const isClean = !isHopeless && (await this.clean(attempt, handler));
    const state = row.cancel_requested || attempt.stopReason === 'cancelled' ? 'cancelled' : 'failed';
    await this.db.transaction(async (tx) => {
      if (!isHopeless) await handler.failed(tx, attempt.job, fault, isClean);
      await this.finish(tx, attempt, state, null, fault);
    });
  }

  private async clean(attempt: JobAttempt, handler: JobHandler): Promise<boolean> {
    try {
      await handler.clean(attempt.job);
      return true;
    } catch (error) {
      this.log.error(`job ${attempt.row.job_id} left something behind: ${(error as Error).message}`);
      return false;
    }
  }

  private async finish(
    tx: Tx,
    attempt: JobAttempt,
    state: 'succeeded' | 'failed' | 'cancelled',
    result: JsonObject | null,
    fault: RpcFault | null,
  ): Promise<void> {
    const { jobId, claimId } = attempt;
    const error = fault && toJobError(fault);
    const [row] = await tx.query(FINISH, [jobId, claimId, state, result, error, attempt.lastProgress]);
    if (!row) throw new Error(`job ${jobId} is done by another process`);
    tx.afterCommit(() => {
      this.attempts.delete(jobId);
      this.metrics.ended(attempt.row.kind, state, performance.now() - attempt.begunAt);
    });
    await this.outcomes.publishEnd(
      tx,
      jobId,
      error ? { result: null, error } : { result: result as JsonObject, error: null },
    );
  }

  private tell(row: JobRow, fault: RpcFault): void {
    const subject = `job ${row.job_id} (${row.kind} \`${row.repo_name ?? row.group_name ?? '*'}\`)`;
    if (fault.reason === 'INTERNAL') this.log.error(`${subject}: ${(fault.cause as Error).stack}`);
    else this.log.log(`${subject}: ${fault.message}${detailOf(fault)}`);
  }
}

function detailOf({ data, cause }: RpcFault): string {
  const told = typeof data.detail === 'string' ? `: ${data.detail}` : '';
  const diagnostics = (cause as { detail?: unknown } | undefined)?.detail;
  return typeof diagnostics === 'string' && diagnostics !== '' ? `${told} (${diagnostics})` : told;
}
