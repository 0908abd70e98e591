import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import type { Tx } from '../database/database.js';
import type { JobError } from './job.js';
import type { JsonObject } from '../sdk/index.js';

/** Topic on the change feed; its subject is the job_id. */
const TOPIC = 'job';

export type JobOutcome = { result: JsonObject; error: null } | { result: null; error: JobError };

type Listener = (outcome: JobOutcome | null) => void;

/** Tells in every process that a job is there, changed or has ended. */
@Injectable()
export class JobOutcomes {
  private readonly listeners = new Map<number, Set<Listener>>();
  private readonly watchers = new Set<(jobId: number | null) => void>();

  constructor(private readonly feed: ChangeFeed) {
    feed.on(TOPIC, (subject) => this.changed(subject === null ? null : Number(subject)));
  }

  publish(tx: Tx, jobId: number): Promise<void> {
    return this.feed.publish(tx, TOPIC, jobId);
  }

  /** In this process without asking the database, in the others by a message after which they ask. */
  async publishEnd(tx: Tx, jobId: number, outcome: JobOutcome): Promise<void> {
    tx.afterCommit(() => this.tell(jobId, outcome));
    await this.publish(tx, jobId);
  }

  /** Of any job; null: of which is unknown. */
  onChange(watcher: (jobId: number | null) => void): void {
    this.watchers.add(watcher);
  }

  /** @param listener gets the outcome, or null when the job has to be looked up. @returns how to stop that */
  onEnd(jobId: number, listener: Listener): () => void {
    const known = this.listeners.get(jobId) ?? new Set();
    this.listeners.set(jobId, known.add(listener));
    return () => {
      known.delete(listener);
      if (known.size === 0) this.listeners.delete(jobId);
    };
  }

  private changed(jobId: number | null): void {
    for (const watcher of this.watchers) watcher(jobId);
    if (jobId !== null) this.tell(jobId, null);
    else for (const each of this.listeners.keys()) this.tell(each, null);
  }

  private tell(jobId: number, outcome: JobOutcome | null): void {
    for (const listener of this.listeners.get(jobId) ?? []) listener(outcome);
  }
}
