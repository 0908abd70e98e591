import { Inject, Injectable, Logger } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { Partitions } from './partitions.js';
import { retryOnConflict } from './queue-signals.js';
import { ORDER_KEY } from './relay-query.js';
import { WakeLoop } from '../scheduling/wake-loop.js';

const SAMPLE_EVERY_MS = 10_000;
const SWEEP_EVERY_MS = 60_000;
const PARTITIONS_EVERY_MS = 3_600_000;

/** What a relay or a failed attempt put back while its subscription was being disabled. */
const HOLD_INACTIVE = `
  UPDATE delivery_open d SET state = 'held', next_attempt_at = NULL
    FROM webhook w WHERE w.webhook_id = d.webhook_id AND NOT w.active AND d.state = 'pending'`;

/** What a relay held while its subscription was being enabled. */
const RESUME_ACTIVE = `
  UPDATE delivery_open d SET state = 'pending', next_attempt_at = now()
    FROM webhook w WHERE w.webhook_id = d.webhook_id AND w.active AND d.state = 'held'`;

/** What a relay added while its subscription was being given an order. */
const ORDER_LATE = `
  UPDATE delivery_open d SET order_key = ${ORDER_KEY('w.ordering', 'e')}
    FROM webhook w, event e
   WHERE w.webhook_id = d.webhook_id AND w.ordering <> 'none' AND d.order_key IS NULL
     AND e.event_id = d.event_id AND e.occurred_at = d.event_occurred_at`;

/** A subscription that nobody enables holds its deliveries as long as events are kept. $1 days */
const EXPIRE_HELD = `
  UPDATE delivery SET state = 'cancelled', completed_at = now(), next_attempt_at = NULL,
         last_reason = 'held for longer than events are kept'
   WHERE state = 'held' AND created_at < now() - $1::int * interval '1 day'`;

/** Deliveries of subscriptions that no longer exist, or that were retired while not active. */
const CANCEL_ORPHANS = `
  UPDATE delivery d SET state = 'cancelled', completed_at = now(), next_attempt_at = NULL,
         last_reason = 'the subscription no longer exists'
   WHERE d.state IN ('pending', 'held')
     AND NOT EXISTS (SELECT FROM webhook w WHERE w.webhook_id = d.webhook_id AND (w.active OR w.retired_at IS NULL))`;

/** A minute's grace, for transactions that began before the subscription was retired and commit after it. */
const PURGE_RETIRED = `
  DELETE FROM webhook w
   WHERE w.retired_at < now() - interval '1 minute'
     AND NOT EXISTS (SELECT FROM outbox o WHERE o.occurred_at <= w.retired_at)
     AND NOT EXISTS (SELECT FROM delivery_open d WHERE d.webhook_id = w.webhook_id)
  RETURNING w.webhook_id`;

/** Keeps the queue's tables in order. Safe to run in several processes. */
@Injectable()
export class Janitor {
  private readonly log = new Logger('Janitor');
  private readonly loops = [
    this.every(SAMPLE_EVERY_MS, 'sample the queue', () => this.metrics.sample()),
    this.every(SWEEP_EVERY_MS, 'sweep', () => this.sweep()),
    this.every(PARTITIONS_EVERY_MS, 'keep partitions', () => this.keepPartitions()),
  ];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly partitions: Partitions,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /** Makes today's partitions before anything is recorded; without them everything works as well, only slower. */
  async prepare(): Promise<void> {
    try {
      await this.partitions.createAhead(new Date());
    } catch (error) {
      this.log.warn(`cannot make partitions: ${(error as Error).message}`);
    }
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  async sweep(): Promise<void> {
    for (const repair of [HOLD_INACTIVE, RESUME_ACTIVE, ORDER_LATE]) {
      await retryOnConflict(() => this.db.query(repair));
    }
    await retryOnConflict(() => this.db.query(EXPIRE_HELD, [this.settings.retentionDays]));
    await retryOnConflict(() => this.db.query(CANCEL_ORPHANS));
    await this.db.query(PURGE_RETIRED);
  }

  async keepPartitions(now = new Date()): Promise<void> {
    await this.partitions.createAhead(now);
    const dropped = await this.partitions.dropExpired(now, this.settings.retentionDays);
    if (dropped.length > 0) this.log.log(`retention dropped ${dropped.join(', ')}`);
  }

  private every(ms: number, what: string, work: () => Promise<void>): WakeLoop {
    const once = async () => {
      await work();
      return false;
    };
    return new WakeLoop(once, {
      pauseMs: ms,
      failed: (error) => this.log.error(`cannot ${what}: ${(error as Error).message}`),
    });
  }
}
