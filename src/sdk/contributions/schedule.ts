/** When a job of a plugin runs: in one process of the cluster at a time; a run that was missed is made up for once. */
export interface ScheduleOptions {
  /** Milliseconds between the beginnings of two runs; at least 1,000. */
  readonly everyMs: number;
  /** Milliseconds that a run may take; default 60,000. */
  readonly deadlineMs?: number;
}

export type ScheduledRun = (signal: AbortSignal) => Promise<void> | void;
