import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Database } from '../database/database.js';
import { JobHandlers } from './job-handlers.js';
import type { JobState } from './job.js';

const OPEN_STATES = ['pending', 'running'] as const;

/** What operators watch. The one alert that catches every stall is the age of the oldest waiting job. */
@Injectable()
export class JobMetrics {
  private readonly endings;
  private readonly seconds;
  private readonly open;
  private readonly oldest;

  constructor(
    private readonly db: Database,
    private readonly handlers: JobHandlers,
    registry: Registry,
  ) {
    const registers = [registry];
    this.endings = new Counter({
      name: 'forgegate_jobs_ended_total',
      help: 'Jobs that this process ended, by kind and state',
      labelNames: ['kind', 'state'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'forgegate_job_seconds',
      help: 'How long this process worked on a job, whatever came of it',
      labelNames: ['kind'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200],
      registers,
    });
    this.open = new Gauge({
      name: 'forgegate_jobs_open',
      help: 'Jobs that have not ended, by kind and state, sampled',
      labelNames: ['kind', 'state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'forgegate_job_oldest_waiting_seconds',
      help: 'How long the oldest waiting job has waited, sampled; 0 when none does',
      registers,
    });
  }

  ended(kind: string, state: JobState, durationMs: number): void {
    this.endings.inc({ kind, state });
    this.seconds.observe({ kind }, durationMs / 1000);
  }

  async sample(): Promise<void> {
    const rows = await this.db.query<{ kind: string; state: JobState; count: number; seconds: number }>(
      `SELECT kind, state, count(*)::int AS count, extract(epoch FROM now() - min(created_on))::float8 AS seconds
         FROM job WHERE state IN ('pending', 'running') GROUP BY kind, state`,
    );
    for (const kind of this.handlers.kinds) {
      for (const state of OPEN_STATES) {
        const found = rows.find((row) => row.kind === kind && row.state === state);
        this.open.set({ kind, state }, found?.count ?? 0);
      }
    }
    const waited = rows.filter(({ state }) => state === 'pending').map(({ seconds }) => seconds);
    this.oldest.set(Math.max(0, ...waited));
  }
}
