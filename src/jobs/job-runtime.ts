import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import { WakeLoop } from '../scheduling/wake-loop.js';
import { JobMetrics } from './job-metrics.js';
import { PURGE } from './job-queries.js';
import { JobRunner } from './job-runner.js';

const SAMPLE_EVERY_MS = 10_000;
const PURGE_EVERY_MS = 3_600_000;

/** Starts the work when every handler is registered, and stops it before the database goes. */
@Injectable()
export class JobRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Jobs');
  private readonly upkeep: readonly WakeLoop[];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    db: Database,
    metrics: JobMetrics,
    private readonly runner: JobRunner,
  ) {
    this.upkeep = [
      this.every(SAMPLE_EVERY_MS, 'count jobs', () => metrics.sample()),
      this.every(PURGE_EVERY_MS, 'forget old jobs', () => db.query(PURGE, [settings.retentionDays])),
    ];
  }

  onApplicationBootstrap(): void {
    const hasRole = this.settings.roles.has('jobs');
    this.runner.start(hasRole);
    if (hasRole) for (const loop of this.upkeep) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.upkeep.map((loop) => loop.stop()));
    await this.runner.stop();
  }

  private every(pauseMs: number, what: string, work: () => Promise<unknown>): WakeLoop {
    return new WakeLoop(
      async () => {
        await work();
        return false;
      },
      { pauseMs, failed: (error) => this.log.error(`cannot ${what}: ${(error as Error).message}`) },
    );
  }
}
