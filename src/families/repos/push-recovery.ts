import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import { WakeLoop } from '../../scheduling/wake-loop.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { PushComparisons } from './push-comparisons.js';
import { PushJournal } from './push-journal.js';
import { PushMetrics } from './push-metrics.js';
import type { PushRow } from './push-record.js';
import { PushRecorder } from './push-recorder.js';
import { Pushes } from './pushes.service.js';
import { ReposDirectory } from './repos.directory.js';

const PAUSE_MS = 1_000;

/** Keeps the leases of the pushes of this process, and makes up for those of processes that died. */
@Injectable()
export class PushRecovery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('PushRecovery');
  private readonly heart: WakeLoop;
  private readonly loop: WakeLoop;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly journal: PushJournal,
    private readonly recorder: PushRecorder,
    private readonly comparisons: PushComparisons,
    private readonly metrics: PushMetrics,
    private readonly pushes: Pushes,
    private readonly repos: ReposDirectory,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {
    this.heart = new WakeLoop(() => this.beat(), {
      pauseMs: settings.jobLeaseMs / 3,
      failed: (error) => this.log.error(`cannot keep leases: ${(error as Error).message}`),
    });
    this.loop = new WakeLoop(() => this.recoverNext(), {
      pauseMs: PAUSE_MS,
      failed: (error) => this.log.error(`cannot look after pushes: ${(error as Error).message}`),
    });
  }

  onApplicationBootstrap(): void {
    this.heart.start();
    if (this.settings.roles.has('jobs')) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.heart.stop();
  }

  private async beat(): Promise<boolean> {
    const running = this.pushes.running();
    if (running.length > 0) await this.journal.beat(running);
    return false;
  }

  /** @returns whether there may be another one */
  private async recoverNext(): Promise<boolean> {
    const push = await this.journal.claim(this.pushes.running());
    if (!push) return false;
    try {
      await this.recover(push);
    } catch (error) {
      this.log.warn(`push ${push.push_id} waits for another attempt: ${(error as Error).message}`);
    }
    return true;
  }

  private async recover(push: PushRow): Promise<void> {
    const repo = await this.repos.load(this.db, push.repo_id);
    if (!repo) return;
    const backend = this.vcs.backend(repo.repo_type);
    if (!(await backend.isAtRest(this.root.directory(repo.repo_name))))
      throw new Error('its program still runs');
    if (push.source === 'rescan') await this.comparisons.compare(push, repo);
    const hasChanged = await this.recorder.record(push, 'recovered');
    this.metrics.ended(repo.repo_type, 'recovered', hasChanged ? 'changed' : 'unchanged');
    if (hasChanged)
      this.log.warn(`told afterwards of changes in \`${repo.repo_name}\`: nobody had been there to do it`);
  }
}
