import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Meter } from '../metrics/meter.js';
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
    const meter = new Meter(registry);
    this.endings = meter.counter(
      'forgegate_jobs_ended_total',
      'Jobs that this process ended, by kind and state',
      'kind',
      'state',
    );
    this.seconds = meter.histogram(
      'forgegate_job_seconds',
      'How long this process worked on a job, whatever came of it',
      [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200],
      'kind',
    );
    this.open = meter.gauge(
      'forgegate_jobs_open',
      'Jobs that have not ended, by kind and state, sampled',
      'kind',
      'state',
    );
    this.oldest = meter.gauge(
      'forgegate_job_oldest_waiting_seconds',
      'How long the oldest waiting job has waited, sampled; 0 when none does',
    );
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
