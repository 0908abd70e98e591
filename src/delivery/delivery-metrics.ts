import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Database } from '../database/database.js';
import type { OutcomeKind } from '../sdk/index.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OPEN_STATES = ['pending', 'leased', 'held'];

/** What operators watch. The one alert that catches every stall is the age of the oldest due delivery. */
@Injectable()
export class DeliveryMetrics {
  private readonly attempts;
  private readonly attemptSeconds;
  private readonly endToEnd;
  private readonly claimBatch;
  private readonly expired;
  private readonly open;
  private readonly oldest;
  private readonly outbox;
  private readonly breakers;

  constructor(
    private readonly db: Database,
    registry: Registry,
  ) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'forgegate_delivery_attempts_total',
      help: 'Attempts by adapter and outcome',
      labelNames: ['adapter', 'outcome'],
      registers,
    });
    this.attemptSeconds = new Histogram({
      name: 'forgegate_delivery_attempt_seconds',
      help: 'Time of one attempt',
      buckets: SECONDS,
      registers,
    });
    this.endToEnd = new Histogram({
      name: 'forgegate_delivery_end_to_end_seconds',
      help: 'From the event to its delivery, retries included',
      buckets: [...SECONDS, 300, 3_600, 86_400],
      registers,
    });
    this.claimBatch = new Histogram({
      name: 'forgegate_delivery_claim_batch_size',
      help: 'Deliveries taken by one claim that found some',
      buckets: [1, 2, 5, 10, 20, 50, 100],
      registers,
    });
    this.expired = new Counter({
      name: 'forgegate_delivery_leases_expired_total',
      help: 'Deliveries taken back from a worker that fell silent',
      registers,
    });
    this.open = new Gauge({
      name: 'forgegate_deliveries_open',
      help: 'Unfinished deliveries by state, sampled',
      labelNames: ['state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'forgegate_delivery_oldest_due_seconds',
      help: 'How long the oldest due delivery has been due, sampled; 0 when none is',
      registers,
    });
    this.breakers = new Gauge({
      name: 'forgegate_webhook_endpoints_troubled',
      help: 'Subscriptions by what keeps deliveries from them, sampled: open, half_open, slowed, disabled',
      labelNames: ['state'],
      registers,
    });
    this.outbox = new Gauge({
      name: 'forgegate_outbox_events',
      help: 'Recorded events that no relay has taken yet, sampled',
      registers,
    });
  }

  private async sampleBreakers(): Promise<void> {
    const [row] = await this.db.query<{ open: number; half_open: number; slowed: number; disabled: number }>(
      `SELECT count(*) FILTER (WHERE breaker_open_until > now()) AS open,
              count(*) FILTER (WHERE breaker_open_until <= now()) AS half_open,
              count(*) FILTER (WHERE slowed_until > now()) AS slowed,
              count(*) FILTER (WHERE disabled_reason IS NOT NULL) AS disabled
         FROM webhook WHERE retired_at IS NULL`,
    );
    for (const [state, count] of Object.entries(row ?? {})) this.breakers.set({ state }, count);
  }

  attempted(adapter: string, outcome: OutcomeKind, durationMs: number): void {
    this.attempts.inc({ adapter, outcome });
    this.attemptSeconds.observe(durationMs / 1000);
  }

  delivered(eventOccurredAt: Date): void {
    this.endToEnd.observe(Math.max(0, Date.now() - eventOccurredAt.getTime()) / 1000);
  }

  claimed(count: number): void {
    this.claimBatch.observe(count);
  }

  leasesExpired(count: number): void {
    this.expired.inc(count);
  }

  async sample(): Promise<void> {
    const states = await this.db.query<{ state: string; count: number; due_seconds: number | null }>(
      `SELECT state, count(*) AS count,
              extract(epoch FROM now() - min(next_attempt_at) FILTER (WHERE state = 'pending'))::float8 AS due_seconds
         FROM delivery_open GROUP BY state`,
    );
    for (const state of OPEN_STATES) {
      this.open.set({ state }, states.find((row) => row.state === state)?.count ?? 0);
    }
    const due = states.find(({ state }) => state === 'pending')?.due_seconds ?? 0;
    this.oldest.set(Math.max(0, due));
    const [waiting] = await this.db.query<{ count: number }>('SELECT count(*) AS count FROM outbox');
    this.outbox.set(waiting?.count ?? 0);
    await this.sampleBreakers();
  }
}
