import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ChangeFeed } from '../database/change-feed.js';
import { QueueDatabase } from '../database/database.js';
import { GuardedHttp } from '../egress/guarded-http.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { runAttempt, type AttemptTools } from './attempt-runner.js';
import { CLAIM } from './claim-query.js';
import { Endpoints, type ClaimedDelivery } from './claimed-delivery.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { leaveOutFiltered } from './filtered.js';
import { LeaseKeeper } from './lease-keeper.js';
import { EndpointKeeper } from './endpoint-keeper.js';
import { DELIVERY_TOPIC, retryOnConflict } from './queue-signals.js';
import type { DeliveryResult } from './delivery-result.js';
import { ResultWriter } from './result-writer.js';
import { RetryPolicy } from './retry-policy.js';
import { WakeLoop } from '../scheduling/wake-loop.js';

const PAUSE_MS = 500;
const BUSY_PAUSE_MS = 50;
/** What becomes due within this time is claimed together. */
const GAP_MS = 5;
/** One subscription may use this part of a process's concurrency, so that several slow ones leave room for others. */
const SHARE_OF_ONE = 4;
const STOP_GRACE_MS = 2_500;
const STOP_ABORT_MS = 750;
const STOP_WRITE_MS = 1_000;
const DAY_MS = 86_400_000;

interface InFlight {
  readonly row: ClaimedDelivery;
  readonly claimId: string;
  readonly stop: AbortController;
  stopped: boolean;
}

/** Claims due deliveries, attempts them and writes down what became of them. No transaction is open meanwhile. */
@Injectable()
export class DeliveryWorker {
  private readonly log = new Logger('Delivery');
  private readonly inFlight = new Map<number, InFlight>();
  private readonly loop = new WakeLoop(() => this.claim(), {
    pauseMs: PAUSE_MS,
    gapMs: GAP_MS,
    failed: (error) => this.log.error(`cannot claim deliveries: ${(error as Error).message}`),
  });
  private readonly writer: ResultWriter;
  private readonly leases: LeaseKeeper;
  private readonly policy: RetryPolicy;
  private readonly tools: AttemptTools;
  private readonly capPerWebhook: number;
  private lastWebhookId = 0;
  private mayBeMore = false;
  /** Subscriptions whose next delivery waits for the end of one of ours. */
  private readonly full = new Set<number>();
  private soon: NodeJS.Timeout | null = null;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: QueueDatabase,
    private readonly feed: ChangeFeed,
    private readonly metrics: DeliveryMetrics,
    endpoints: EndpointKeeper,
    box: SecretBox,
    private readonly plugins: PluginHost,
    http: GuardedHttp,
  ) {
    this.capPerWebhook = Math.max(1, Math.ceil(settings.deliveryConcurrency / SHARE_OF_ONE));
    this.writer = new ResultWriter(db, endpoints, (batch) => this.written(batch));
    this.leases = new LeaseKeeper(db, metrics, settings.deliveryLeaseMs, () => this.wake());
    this.policy = new RetryPolicy({
      scheduleS: settings.deliveryRetryScheduleS,
      giveUpAfterMs: settings.retentionDays * DAY_MS,
    });
    this.tools = {
      adapter: (name) => plugins.adapter(name),
      endpoints: new Endpoints(box),
      http,
      timeoutMs: settings.deliveryTimeoutMs,
      retentionMs: settings.retentionDays * DAY_MS,
    };
  }

  start(): void {
    this.feed.on(DELIVERY_TOPIC, () => this.wake());
    this.leases.start(() => this.claims());
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  /** Lets what runs finish for a moment, then breaks it off and gives it back at once. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.untilIdle(STOP_GRACE_MS);
    for (const one of this.inFlight.values()) {
      one.stopped = true;
      one.stop.abort(new Error('the gateway stops'));
    }
    await this.untilIdle(STOP_ABORT_MS);
    await this.writer.flush(STOP_WRITE_MS);
    await this.leases.stop();
    await this.leases.release(this.claims());
  }

  private async claim(): Promise<boolean> {
    const free = this.settings.deliveryConcurrency - this.inFlight.size;
    if (free <= 0) {
      this.mayBeMore = true;
      return false;
    }
    const claimId = randomUUID();
    const rows = await retryOnConflict(() =>
      this.db.prepared<ClaimedDelivery>('delivery_claim', CLAIM, [
        this.lastWebhookId,
        free,
        this.capPerWebhook,
        claimId,
        this.settings.deliveryLeaseMs,
        this.settings.deliveryBreakerFailures,
        this.plugins.runningAdapters(),
      ]),
    );
    if (rows.length > 0) {
      this.metrics.claimed(rows.length);
      this.lastWebhookId = lastVisited(rows, this.lastWebhookId);
    }
    const wanted = await leaveOutFiltered(this.db, rows, claimId);
    for (const row of wanted) {
      const one: InFlight = { row, claimId, stop: new AbortController(), stopped: false };
      this.inFlight.set(row.delivery_id, one);
      void this.attempt(one);
    }
    for (const row of rows) {
      if (row.is_full) this.full.add(row.webhook_id);
      else this.full.delete(row.webhook_id);
    }
    // What was left out has made room again
    if (wanted.length < rows.length) this.wake();
    this.mayBeMore = rows.length === free;
    if (this.inFlight.size > 0) this.lookSoon();
    return false;
  }

  private async attempt(one: InFlight): Promise<void> {
    const { row, claimId } = one;
    const attempt = await runAttempt(row, this.tools, one.stop);
    const { outcome } = attempt;
    // What was broken off by our own stop has no outcome; it is given back as if it had not begun.
    if (one.stopped && outcome.outcome !== 'delivered') {
      await this.leases.release([{ deliveryId: row.delivery_id, claimId }]);
      this.inFlight.delete(row.delivery_id);
      return;
    }
    const verdict = this.policy.decide({
      outcome,
      attempts: row.attempts,
      roundStart: row.round_start,
      localFaults: row.local_faults,
      ageMs: Date.now() - row.created_at.getTime(),
      scheduleS: row.retry_schedule_s,
    });
    this.metrics.attempted(row.adapter, outcome.outcome, attempt.durationMs);
    if (verdict.state === 'delivered') this.metrics.delivered(row.event_occurred_at);
    this.writer.add({ row, claimId, attempt, verdict });
  }

  private written(batch: readonly DeliveryResult[]): void {
    for (const { row, claimId } of batch) {
      if (this.inFlight.get(row.delivery_id)?.claimId === claimId) this.inFlight.delete(row.delivery_id);
    }
    // A retry that is due before the next look at the queue would otherwise wait for it.
    const soonest = Math.min(...batch.map(({ verdict }) => verdict.delayMs ?? Infinity));
    if (soonest < PAUSE_MS) setTimeout(() => this.wake(), soonest + GAP_MS).unref();
    const makesRoom = batch.some(({ row }) => this.full.has(row.webhook_id));
    if (this.mayBeMore || makesRoom) this.wake();
  }

  /** While there is work another process may have held the lock of a subscription at the moment of our claim. */
  private lookSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      this.wake();
    }, BUSY_PAUSE_MS).unref();
  }

  private claims() {
    return [...this.inFlight.values()].map(({ row, claimId }) => ({ deliveryId: row.delivery_id, claimId }));
  }

  private async untilIdle(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (this.inFlight.size > 0 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Claims go round: those after the last one first, then from the beginning. */
function lastVisited(rows: readonly ClaimedDelivery[], last: number): number {
  const ids = rows.map(({ webhook_id }) => webhook_id);
  const wrapped = ids.filter((id) => id <= last);
  return Math.max(...(wrapped.length > 0 ? wrapped : ids));
}
