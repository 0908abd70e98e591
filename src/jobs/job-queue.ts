import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database, type Tx } from '../database/database.js';
import { uniqueViolation } from '../database/pg-errors.js';
import type { Caller } from '../rpc/call.js';
import { RpcFault } from '../rpc/errors.js';
import type { JsonObject } from '../sdk/index.js';
import { SECRETS_PURPOSE } from './job-attempt.js';
import { fromJobError } from './job-error.js';
import { JobOutcomes, type JobOutcome } from './job-outcomes.js';
import { ADD, CLAIM_TO_CANCEL, WISH_TO_CANCEL } from './job-queries.js';
import { JobRunner } from './job-runner.js';
import type { JobCaller, JobError, JobRow, NewJob } from './job.js';

const POLL_MS = 1_000;
/** The answer that names the job must be out before the dispatcher's own, which does not. */
const BEFORE_DEADLINE_MS = 100;

/** Makes jobs, and lets calls wait for them. */
@Injectable()
export class JobQueue {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly runner: JobRunner,
    private readonly outcomes: JobOutcomes,
  ) {}

  /** Exists, and begins, when the transaction is committed. @returns job_id */
  async add(tx: Tx, caller: Caller, job: NewJob): Promise<number> {
    const claimId = job.here ? randomUUID() : null;
    const [row] = await tx.prepared<JobRow>('job_add', ADD, [
      job.kind,
      job.lane,
      job.repo?.id ?? null,
      job.sourceRepoId ?? null,
      job.repo?.name ?? null,
      job.group?.id ?? null,
      job.group?.name ?? null,
      job.args,
      job.secrets ? this.box.sealJson(job.secrets, SECRETS_PURPOSE) : null,
      caller.principal.userId,
      toJobCaller(caller),
      claimId,
      this.settings.jobLeaseMs,
    ]);
    const added = row as JobRow;
    if (claimId) tx.afterCommit(() => this.runner.begin(added, claimId));
    else await this.outcomes.publish(tx, added.job_id);
    return added.job_id;
  }

  /** One that still waits is ended here, whosever turn it is. @returns false when it has ended already */
  async cancel(jobId: number): Promise<boolean> {
    const claimId = randomUUID();
    const waiting = await this.db
      .query<JobRow>(CLAIM_TO_CANCEL, [jobId, claimId, this.settings.jobLeaseMs])
      .catch((error: unknown) => {
        // Another job works on its repository, and whoever does that one goes on with this
        if (uniqueViolation(error)) return [];
        throw error;
      });
    for (const row of waiting) this.runner.begin(row, claimId);
    if (waiting.length > 0) return true;
    return this.db.transaction(async (tx) => {
      const rows = await tx.query(WISH_TO_CANCEL, [jobId]);
      await this.outcomes.publish(tx, jobId);
      return rows.length > 0;
    });
  }

  /**
   * What the job answers, or its fault.
   * @throws RpcFault DEADLINE with `job_id` when the caller cannot wait longer; the job goes on
   */
  async wait<Result extends object>(jobId: number, { dueAt, signal }: Caller): Promise<Result> {
    const outcome = await this.outcome(jobId, dueAt, signal);
    if (outcome.error) throw fromJobError(outcome.error);
    return outcome.result as Result;
  }

  private async outcome(jobId: number, dueAt: number | undefined, signal: AbortSignal): Promise<JobOutcome> {
    const ways: (() => void)[] = [];
    try {
      return await new Promise<JobOutcome>((resolve, reject) => {
        // What cannot be read now is read at the next look
        const look = () =>
          void this.find(jobId).then(
            (found) => found && resolve(found),
            () => undefined,
          );
        ways.push(this.outcomes.onEnd(jobId, (told) => (told ? resolve(told) : look())));
        const poll = setInterval(look, POLL_MS);
        ways.push(() => clearInterval(poll));
        if (dueAt !== undefined) {
          const left = Math.max(0, dueAt - performance.now() - BEFORE_DEADLINE_MS);
          const deadline = setTimeout(() => reject(goesOn(jobId)), left);
          ways.push(() => clearTimeout(deadline));
        }
        const leave = () => reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        ways.push(() => signal.removeEventListener('abort', leave));
        if (signal.aborted) leave();
        else look();
      });
    } finally {
      for (const back of ways) back();
    }
  }

  /** Null while it has not ended. */
  private async find(jobId: number): Promise<JobOutcome | null> {
    const [row] = await this.db.prepared<{ result: JsonObject | null; error: JobError | null }>(
      'job_outcome',
      'SELECT result, error FROM job WHERE job_id = $1 AND finished_on IS NOT NULL',
      [jobId],
    );
    if (!row) return null;
    return row.error ? { result: null, error: row.error } : { result: row.result ?? {}, error: null };
  }
}

const goesOn = (jobId: number) =>
  new RpcFault('DEADLINE', `Request deadline exceeded, job ${jobId} goes on`, { job_id: jobId });

function toJobCaller({ principal, requestId }: Caller): JobCaller {
  return {
    user_id: principal.userId,
    username: principal.username,
    admin: principal.admin,
    api_key_id: principal.apiKeyId,
    scopes: principal.scopes && [...principal.scopes],
    request_id: requestId,
  };
}
