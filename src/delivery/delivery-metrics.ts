import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Meter } from '../metrics/meter.js';
import { Database } from '../database/database.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
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
  private readonly withoutAdapter;
  private readonly outbox;
  private readonly breakers;

  constructor(
    private readonly db: Database,
    private readonly plugins: PluginHost,
    registry: Registry,
  ) {
    const meter = new Meter(registry);
    this.attempts = meter.counter(
      'forgegate_delivery_attempts_total',
      'Attempts by adapter and outcome',
      'adapter',
      'outcome',
    );
    this.attemptSeconds = meter.histogram(
      'forgegate_delivery_attempt_seconds',
      'Time of one attempt',
      SECONDS,
    );
    this.endToEnd = meter.histogram(
      'forgegate_delivery_end_to_end_seconds',
      'From the event to its delivery, retries included',
      [...SECONDS, 300, 3_600, 86_400],
    );
    this.claimBatch = meter.histogram(
      'forgegate_delivery_claim_batch_size',
      'Deliveries taken by one claim that found some',
      [1, 2, 5, 10, 20, 50, 100],
    );
    this.expired = meter.counter(
      'forgegate_delivery_leases_expired_total',
      'Deliveries taken back from a worker that fell silent',
    );
    this.open = meter.gauge('forgegate_deliveries_open', 'Unfinished deliveries by state, sampled', 'state');
    this.oldest = meter.gauge(
      'forgegate_delivery_oldest_due_seconds',
      'How long the oldest due delivery has been due, sampled; 0 when none is',
    );
    this.withoutAdapter = meter.gauge(
      'forgegate_delivery_oldest_due_without_adapter_seconds',
      'How long the oldest delivery has been due whose adapter no plugin of this process has, sampled',
      'adapter',
    );
    this.breakers = meter.gauge(
      'forgegate_webhook_endpoints_troubled',
      'Subscriptions by what keeps deliveries from them, sampled: open, half_open, slowed, disabled',
      'state',
    );
    this.outbox = meter.gauge(
      'forgegate_outbox_events',
      'Recorded events that no relay has taken yet, sampled',
    );
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
    await this.sampleMissingAdapters();
  }

  /** Processes that run the adapter take these; what stays for long nobody takes. */
  private async sampleMissingAdapters(): Promise<void> {
    const rows = await this.db.query<{ adapter: string; due_seconds: number }>(
      `SELECT w.adapter, extract(epoch FROM now() - min(d.next_attempt_at))::float8 AS due_seconds
         FROM delivery_open d JOIN webhook w USING (webhook_id)
        WHERE d.state = 'pending' AND d.next_attempt_at <= now() AND w.active AND w.adapter <> ALL ($1::text[])
        GROUP BY w.adapter`,
      [this.plugins.runningAdapters()],
    );
    this.withoutAdapter.reset();
    for (const { adapter, due_seconds } of rows) this.withoutAdapter.set({ adapter }, due_seconds);
  }
}
