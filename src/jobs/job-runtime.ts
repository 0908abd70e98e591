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
import { PURGE } from './job-queries.js';
import { JobRunner } from './job-runner.js';

const PURGE_EVERY_MS = 3_600_000;

/** Starts the work when every handler is registered, and stops it before the database goes. */
@Injectable()
export class JobRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Jobs');
  private readonly purge: WakeLoop;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    db: Database,
    private readonly runner: JobRunner,
  ) {
    this.purge = new WakeLoop(
      async () => {
        await db.query(PURGE, [settings.retentionDays]);
        return false;
      },
      {
        pauseMs: PURGE_EVERY_MS,
        failed: (error) => this.log.error(`cannot forget old jobs: ${(error as Error).message}`),
      },
    );
  }

  onApplicationBootstrap(): void {
    const hasRole = this.settings.roles.has('jobs');
    this.runner.start(hasRole);
    if (hasRole) this.purge.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.purge.stop();
    await this.runner.stop();
  }
}
