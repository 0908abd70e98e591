import { Logger } from '@nestjs/common';
import type { Database } from '../database/database.js';
import { WakeLoop } from '../scheduling/wake-loop.js';
import { HEARTBEAT } from './job-queries.js';

export interface Lease {
  readonly jobId: number;
  readonly claimId: string;
}

/** Keeps this process's leases alive, and tells when one is lost: what goes on then would be done twice. */
export class JobLeases {
  private readonly log = new Logger('Jobs');
  private readonly heart: WakeLoop;
  private watch: NodeJS.Timeout | null = null;
  private renewedAt = 0;

  /**
   * @param held what this process works on now
   * @param lost told of leases that are no longer ours, or may not be; `cancel` of those that shall be cancelled
   */
  constructor(
    private readonly db: Database,
    private readonly leaseMs: number,
    private readonly held: () => readonly Lease[],
    private readonly lost: (jobId: number) => void,
    private readonly cancel: (jobId: number) => void,
  ) {
    this.heart = new WakeLoop(() => this.beat(), {
      pauseMs: leaseMs / 3,
      failed: (error) => this.log.error(`cannot keep leases: ${(error as Error).message}`),
    });
  }

  start(): void {
    this.renewedAt = performance.now();
    this.heart.start();
    // Apart from the heart, which a statement without an answer holds up
    this.watch = setInterval(() => this.checkAge(), this.leaseMs / 12).unref();
  }

  async stop(): Promise<void> {
    if (this.watch) clearInterval(this.watch);
    await this.heart.stop();
  }

  /** Looks at once whether something is to be cancelled. */
  beatNow(): void {
    this.heart.wake();
  }

  async isOurs({ jobId, claimId }: Lease): Promise<boolean> {
    const rows = await this.db.query(HEARTBEAT, [[jobId], [claimId], this.leaseMs]);
    return rows.length > 0;
  }

  private async beat(): Promise<boolean> {
    const leases = this.held();
    const begunAt = performance.now();
    if (leases.length > 0) {
      const rows = await this.db.query<{ job_id: number; cancel_requested: boolean }>(HEARTBEAT, [
        leases.map(({ jobId }) => jobId),
        leases.map(({ claimId }) => claimId),
        this.leaseMs,
      ]);
      const kept = new Map(rows.map((row) => [row.job_id, row.cancel_requested]));
      for (const { jobId } of leases) {
        if (!kept.has(jobId)) this.lost(jobId);
        else if (kept.get(jobId)) this.cancel(jobId);
      }
    }
    this.renewedAt = begunAt;
    return false;
  }

  /** Well before the lease runs out, so that nothing of ours runs any more when another process begins. */
  private checkAge(): void {
    if (performance.now() - this.renewedAt < (this.leaseMs * 2) / 3) return;
    for (const { jobId } of this.held()) this.lost(jobId);
  }
}
