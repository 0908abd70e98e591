import { Logger } from '@nestjs/common';
import { SEALED_COLUMNS } from '../config/sealed-columns.js';
import type { SecretBox } from '../config/secret-box.js';
import type { Database, Tx } from '../database/database.js';
import type { Caller } from '../rpc/call.js';
import type { JsonObject } from '../sdk/index.js';
import { PROGRESS } from './job-queries.js';
import type { JobCaller, JobProgress, JobRow, RunningJob } from './job.js';

export const { purpose: SECRETS_PURPOSE } = SEALED_COLUMNS.jobSecrets;
const PROGRESS_EVERY_MS = 500;

/** Why an attempt is broken off: by a person, by the loss of its lease, or because the process stops. */
export type StopReason = 'cancelled' | 'lost' | 'stopping';

/** One job as this process works on it, under one claim. */
export class JobAttempt {
  readonly jobId: number;
  readonly job: RunningJob;
  /** Settles, always with success, when nothing of it runs any more. */
  ended: Promise<void> = Promise.resolve();
  readonly begunAt = performance.now();
  private readonly log = new Logger('Jobs');
  private readonly controller = new AbortController();
  private reason: StopReason | null = null;
  private progressAt = -Infinity;
  private reported: JobProgress | null = null;

  constructor(
    readonly row: JobRow,
    readonly claimId: string,
    private readonly db: Database,
    box: SecretBox,
    succeed: (tx: Tx, attempt: JobAttempt, result: JsonObject) => Promise<void>,
  ) {
    this.jobId = row.job_id;
    const sealed = row.secrets_sealed;
    this.job = {
      jobId: row.job_id,
      kind: row.kind,
      repoId: row.repo_id as number,
      sourceRepoId: row.source_repo_id,
      groupId: row.group_id as number,
      args: row.args,
      get secrets() {
        return sealed === null ? {} : (box.openJson(sealed, SECRETS_PURPOSE) as JsonObject);
      },
      attempt: row.attempts,
      caller: toCaller(row.caller, this.controller.signal),
      progress: (progress) => this.progress(progress),
      succeed: (tx, result) => succeed(tx, this, result),
    };
  }

  get stopReason(): StopReason | null {
    return this.reason;
  }

  /** As it is to be kept at the end, null when none was ever told. */
  get lastProgress(): JobProgress | null {
    return this.reported;
  }

  stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.controller.abort(new Error(`the job is ${reason}`));
  }

  /** What comes between two writes is left out; the next one, or the end, says more. */
  private progress(progress: JobProgress): void {
    this.reported = progress;
    const now = performance.now();
    if (now - this.progressAt < PROGRESS_EVERY_MS) return;
    this.progressAt = now;
    this.db
      .query(PROGRESS, [this.jobId, this.claimId, progress])
      .catch((error: unknown) => this.log.warn(`no progress was written: ${(error as Error).message}`));
  }
}

/** A job acts for whom it was made by; his rights and his address were checked then, his key's scopes still count. */
function toCaller(caller: JobCaller, signal: AbortSignal): Caller {
  return {
    principal: {
      userId: caller.user_id,
      username: caller.username,
      admin: caller.admin,
      apiKeyId: caller.api_key_id,
      scopes: caller.scopes,
      dialect: null,
    },
    requestId: caller.request_id,
    ip: '',
    signal,
  };
}
