import { Logger } from '@nestjs/common';
import type { Database } from '../database/database.js';
import { HEARTBEAT, REAP, RELEASE } from './lease-queries.js';
import type { DeliveryMetrics } from './delivery-metrics.js';
import { retryOnConflict } from './queue-signals.js';
import { WakeLoop } from '../scheduling/wake-loop.js';

const REAP_EVERY_MS = 1_000;

export interface Claim {
  readonly deliveryId: number;
  readonly claimId: string;
}

/** Keeps this worker's leases alive while calls last, and takes back those of workers that fell silent. */
export class LeaseKeeper {
  private readonly log = new Logger('Delivery');
  private readonly reaper = new WakeLoop(() => this.reap(), {
    pauseMs: REAP_EVERY_MS,
    failed: this.failed('take leases back'),
  });
  private readonly heart: WakeLoop;
  private claims: () => readonly Claim[] = () => [];

  /** @param freed called when deliveries came back to the queue */
  constructor(
    private readonly db: Database,
    private readonly metrics: DeliveryMetrics,
    private readonly leaseMs: number,
    private readonly freed: () => void,
  ) {
    this.heart = new WakeLoop(() => this.beat(), {
      pauseMs: leaseMs / 3,
      failed: this.failed('keep leases'),
    });
  }

  /** @param claims what is being worked on now */
  start(claims: () => readonly Claim[]): void {
    this.claims = claims;
    this.reaper.start();
    this.heart.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.reaper.stop(), this.heart.stop()]);
  }

  /** Back into the queue, as if never claimed. Failing is harmless: the lease runs out. */
  async release(claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) return;
    try {
      await this.db.query(RELEASE, columns(claims));
    } catch (error) {
      this.failed('release leases')(error);
    }
  }

  private async beat(): Promise<boolean> {
    const claims = this.claims();
    if (claims.length > 0)
      await retryOnConflict(() => this.db.query(HEARTBEAT, [...columns(claims), this.leaseMs]));
    return false;
  }

  private async reap(): Promise<boolean> {
    const rows = await retryOnConflict(() => this.db.prepared('delivery_reap', REAP));
    if (rows.length > 0) {
      this.metrics.leasesExpired(rows.length);
      this.log.warn(`${rows.length} deliveries were taken back from a worker that fell silent`);
      this.freed();
    }
    return false;
  }

  private failed(what: string): (error: unknown) => void {
    return (error) => this.log.error(`cannot ${what}: ${(error as Error).message}`);
  }
}

function columns(claims: readonly Claim[]): [number[], string[]] {
  return [claims.map(({ deliveryId }) => deliveryId), claims.map(({ claimId }) => claimId)];
}
