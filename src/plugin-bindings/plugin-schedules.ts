import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import type { HostedSchedule } from '../plugin-host/contributions.js';
import { PluginHost } from '../plugin-host/plugin-host.js';

const DEADLINE_MS = 60_000;
/** How much longer than its deadline a run keeps its lease, so that two never overlap. */
const SPARE_MS = 30_000;
/** It is looked again at least that often: another process may have failed, clocks may have moved. */
const LONGEST_WAIT_MS = 30_000;

const ENSURE = `
  INSERT INTO plugin_schedule (plugin_id, name, every_ms, next_run_at)
  VALUES ($1, $2, $3, now() + $3::bigint * interval '1 ms')
  ON CONFLICT (plugin_id, name) DO UPDATE SET every_ms = excluded.every_ms,
    next_run_at = least(plugin_schedule.next_run_at, now() + excluded.every_ms * interval '1 ms')`;

// What was missed is made up for once: the next run is counted from now.
const CLAIM = `
  UPDATE plugin_schedule
     SET lease_until = now() + $3::bigint * interval '1 ms', next_run_at = now() + every_ms * interval '1 ms',
         last_started_at = now()
   WHERE plugin_id = $1 AND name = $2 AND next_run_at <= now() AND (lease_until IS NULL OR lease_until < now())
  RETURNING 1`;

const FINISH = `
  UPDATE plugin_schedule SET lease_until = NULL, last_ended_at = now(), last_error = $3
   WHERE plugin_id = $1 AND name = $2`;

const WAIT = `
  SELECT greatest(0, extract(epoch FROM greatest(next_run_at, coalesce(lease_until, next_run_at)) - now()) * 1000)::int AS ms
    FROM plugin_schedule WHERE plugin_id = $1 AND name = $2`;

const ADVANCE = `UPDATE plugin_schedule SET next_run_at = next_run_at - $1::float8 * interval '1 ms'`;

/** Runs the scheduled jobs of plugins: each in one process of the cluster at a time, those with the role `jobs`. */
@Injectable()
export class PluginSchedules implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('PluginSchedules');
  private readonly running = new Map<HostedSchedule, Clock>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly host: PluginHost,
    private readonly db: Database,
  ) {}

  onModuleInit(): void {
    this.host.bind('schedule', {
      add: (schedule) => this.add(schedule),
      remove: async (schedule) => {
        await this.running.get(schedule)?.stop();
        this.running.delete(schedule);
      },
    });
  }

  /** Makes every job due that much sooner, and looks: for tests, where time does not pass by itself. */
  async advance(milliseconds: number): Promise<void> {
    await this.db.query(ADVANCE, [milliseconds]);
    await Promise.all([...this.running.values()].map((clock) => clock.look()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.running.values()].map((clock) => clock.stop()));
  }

  private async add(schedule: HostedSchedule): Promise<void> {
    const { pluginId, name, options } = schedule;
    await this.db.query(ENSURE, [pluginId, name, options.everyMs]);
    if (!this.settings.roles.has('jobs')) return;
    const failed = (error: unknown) =>
      this.log.error(`plugin ${pluginId}: schedule ${name}: ${(error as Error).message}`);
    const clock = new Clock(this.db, schedule, failed);
    this.running.set(schedule, clock);
    clock.start();
  }
}

/** Waits for one schedule to be due, tries to be the one who runs it, and waits again. */
class Clock {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly schedule: HostedSchedule,
    private readonly failed: (error: unknown) => void,
  ) {}

  start(): void {
    this.turn = this.again();
  }

  /** Now, and not when it would have looked. */
  async look(): Promise<void> {
    await this.turn;
    if (this.stopping.signal.aborted) return;
    clearTimeout(this.timer);
    this.turn = this.again();
    await this.turn;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.turn;
  }

  private async again(): Promise<void> {
    const { pluginId, name } = this.schedule;
    let wait = LONGEST_WAIT_MS;
    try {
      await this.tryToRun();
      const [row] = await this.db.query<{ ms: number }>(WAIT, [pluginId, name]);
      wait = Math.min(wait, row?.ms ?? wait);
    } catch (error) {
      this.failed(error);
    }
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => void (this.turn = this.again()), wait).unref();
  }

  private async tryToRun(): Promise<void> {
    const { pluginId, name, options } = this.schedule;
    const { deadlineMs = DEADLINE_MS } = options;
    const claimed = await this.db.query(CLAIM, [pluginId, name, deadlineMs + SPARE_MS]);
    if (claimed.length === 0) return;
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(deadlineMs)]);
    const error = await this.schedule.run(signal).then(
      () => null,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    );
    await this.db.query(FINISH, [pluginId, name, error]);
  }
}
