import type { Row, Tx } from '../database/database.js';
import type { Caller } from '../rpc/call.js';
import type { FaultReason, RpcFault } from '../rpc/errors.js';
import type { JsonObject } from '../sdk/index.js';

export const JOB_STATES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What dials out stands in a queue of its own, so that slow remotes never hold up local work. */
export const LANES = ['local', 'remote'] as const;
export type Lane = (typeof LANES)[number];

export type JobProgress = {
  done: number;
  total: number;
  /** What is counted. */
  text: string;
};

/** How a job failed, as the waiting call throws it; safe to show. */
export interface JobError extends JsonObject {
  reason: FaultReason;
  message: string;
  data: JsonObject;
}

/** Whom a job acts for, within the limits of his key; his rights were checked when it was made. */
export interface JobCaller extends JsonObject {
  user_id: number;
  username: string;
  admin: boolean;
  api_key_id: number | null;
  /** Of the key that it was made with; null = no limits. */
  scopes: string[] | null;
  request_id: string;
}

export interface NewJob {
  readonly kind: string;
  readonly lane: Lane;
  /** The repository it changes: one job at a time. Neither this nor the source can be moved or deleted meanwhile. */
  readonly repo?: { readonly id: number; readonly name: string };
  readonly sourceRepoId?: number | null;
  /** The repository group it changes, which nothing is kept from meanwhile: the {@link RunningJob} finds out itself. */
  readonly group?: { readonly id: number; readonly name: string };
  readonly args: JsonObject;
  /** Sealed in the database, and gone when the job has ended. */
  readonly secrets?: JsonObject | null;
  /** Begins in this process at the commit, without waiting for its turn: for what takes no longer than a call. */
  readonly here?: boolean;
}

/** A row of `job`. */
export interface JobRow extends Row {
  job_id: number;
  kind: string;
  lane: Lane;
  state: JobState;
  repo_id: number | null;
  source_repo_id: number | null;
  repo_name: string | null;
  group_id: number | null;
  group_name: string | null;
  args: JsonObject;
  secrets_sealed: Buffer | null;
  progress: JobProgress | null;
  result: JsonObject | null;
  error: JobError | null;
  created_by: number | null;
  caller: JobCaller;
  attempts: number;
  cancel_requested: boolean;
  created_on: Date;
  started_on: Date | null;
  finished_on: Date | null;
}

/** A job while it runs. */
export interface RunningJob<Args extends JsonObject = JsonObject> {
  readonly jobId: number;
  readonly kind: string;
  /** Only where its kind is about a repository. */
  readonly repoId: number;
  readonly sourceRepoId: number | null;
  /** Only where its kind is about a repository group. */
  readonly groupId: number;
  readonly args: Args;
  readonly secrets: JsonObject;
  /** 1 unless an earlier attempt was broken off by the end of its process. */
  readonly attempt: number;
  /** Its signal aborts when the job is cancelled, when it is lost to another process and when the gateway stops. */
  readonly caller: Caller;
  readonly progress: (progress: JobProgress) => void;
  /** Ends the job, which stands or falls with the transaction. @param result what the method answers */
  readonly succeed: (tx: Tx, result: JsonObject) => Promise<void>;
}

/**
 * How jobs of some kinds are done. A process may die at any moment and another one calls `run` again: each step has to
 * find out whether it was made already.
 */
export interface JobHandler<Args extends JsonObject = JsonObject> {
  /**
   * Does it, with the long part outside any transaction.
   * @returns what the method answers; nothing when the job was ended by `succeed`, in the transaction of the last change
   * @throws RpcFault as the method would
   */
  run(job: RunningJob<Args>): Promise<JsonObject | void>;
  /** Takes away what `run` left outside the database; before `failed`, and called again when that failed. */
  clean(job: RunningJob<Args>): Promise<void>;
  /** @param isClean false: `clean` could not be done */
  failed(tx: Tx, job: RunningJob<Args>, fault: RpcFault, isClean: boolean): Promise<void>;
}
