import type { Json, JsonObject } from '../../sdk/index.js';
import { messageOf, PluginAway } from '../boundary.js';
import { withDeadline } from '../deadline.js';
import type { RunningPlugin, TierPlugin, Trouble } from '../tiers/tier.js';
import { servedToPlugin } from './host-side.js';
import { Peer, type Channel } from './peer.js';
import { Invocations, RemoteDefinition } from './remote-definition.js';

/** A thread or process that one plugin runs in. */
export interface RemoteProcess {
  readonly channel: Channel;
  readonly isOffline: boolean;
  /** Settles when it ended, with the reason in words. */
  readonly ended: Promise<string>;
  /** Ends it; nothing of it is left when that settles. */
  kill(): Promise<void>;
}

/** Plugins that lose their process more often than this within the window are left alone. */
const MOST_CRASHES = 5;
const CRASH_WINDOW_MS = 10 * 60_000;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 30_000;
const SETUP_AGAIN_MS = 10_000;
/** After a call was told to stop, and then to the question whether anybody is there. */
const PATIENCE_MS = 2_000;

/** Keeps a plugin's process alive: one that ends is replaced, later and later, and not for ever. */
export class Supervisor implements RunningPlugin {
  readonly definition: RemoteDefinition;
  trouble: Trouble | null = null;
  private readonly invocations = new Invocations();
  private current: { process: RemoteProcess; peer: Peer } | null = null;
  private readonly crashes: number[] = [];
  /** Params of `setup`, with the newest settings. */
  private setupParams: JsonObject = {};
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly plugin: TierPlugin,
    private readonly spawn: () => Promise<RemoteProcess>,
    private readonly now: () => number = Date.now,
  ) {
    this.definition = new RemoteDefinition(
      (method, params, signal) => this.ask(method, params, signal),
      this.invocations,
    );
  }

  get isOffline(): boolean {
    return this.current?.process.isOffline ?? false;
  }

  /** @throws PluginRefusal, Error */
  async begin(): Promise<void> {
    await this.open();
  }

  async end(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.close(new PluginAway('the plugin was stopped'));
  }

  private async ask(method: string, params: JsonObject, signal?: AbortSignal): Promise<Json> {
    const { current } = this;
    if (!current) throw new PluginAway(this.trouble?.reason);
    if (method === 'setup' || method === 'config_changed')
      this.setupParams = { ...this.setupParams, ...params };
    const asked = current.peer.request(method, params, signal);
    if (signal) this.watch(current, asked, signal);
    return asked;
  }

  /** A process that neither answers in time nor says that it is there is stuck, and is replaced. */
  private watch(
    current: NonNullable<Supervisor['current']>,
    asked: Promise<Json>,
    signal: AbortSignal,
  ): void {
    let isAnswered = false;
    const done = () => void (isAnswered = true);
    asked.then(done, done);
    const check = async () => {
      if (isAnswered || this.current !== current) return;
      const late = () => new Error('it does not come back');
      await withDeadline(current.peer.request('ping', {}), PATIENCE_MS, late).catch(async () => {
        if (this.current === current) await this.lost(current, 'it did not come back from a call');
      });
    };
    const onAbort = () => setTimeout(() => void check(), PATIENCE_MS).unref();
    signal.addEventListener('abort', onAbort, { once: true });
    asked.finally(() => signal.removeEventListener('abort', onAbort)).catch(() => undefined);
  }

  private async open(): Promise<Peer> {
    const process = await this.spawn();
    const { log } = this.plugin;
    const peer = new Peer(process.channel, servedToPlugin(this.plugin, this.invocations), (message) =>
      log.warn(`a message that makes no sense: ${message}`),
    );
    const current = { process, peer };
    this.current = current;
    const unfollow = this.plugin.clock.follow((offset_ms) => peer.notify('clock', { offset_ms }));
    void process.ended.then((reason) => {
      unfollow();
      return this.lost(current, reason);
    });
    return peer;
  }

  private async close(error: Error): Promise<void> {
    const { current } = this;
    this.current = null;
    current?.peer.end(error);
    await current?.process.kill();
  }

  private async lost(current: NonNullable<Supervisor['current']>, reason: string): Promise<void> {
    if (this.current !== current || this.isOver) return;
    await this.close(new PluginAway(reason));
    this.failed(reason);
  }

  private failed(reason: string): void {
    const now = this.now();
    this.crashes.push(now);
    while ((this.crashes[0] ?? now) < now - CRASH_WINDOW_MS) this.crashes.shift();
    this.plugin.boundary.health.lastError = reason;
    this.plugin.log.error(`lost its process: ${reason}`);
    if (this.crashes.length >= MOST_CRASHES) {
      this.trouble = { state: 'paused', code: 'KEEPS_CRASHING', reason };
      return;
    }
    this.trouble = { state: 'restarting', code: 'CRASHED', reason };
    const backoff = Math.min(FIRST_BACKOFF_MS * 4 ** (this.crashes.length - 1), LONGEST_BACKOFF_MS);
    this.timer = setTimeout(() => void this.reopen(), backoff).unref();
  }

  private async reopen(): Promise<void> {
    try {
      const peer = await this.open();
      const late = () => new Error('it was not set up in time');
      await withDeadline(this.definition.setupAgain(peer, this.setupParams), SETUP_AGAIN_MS, late);
      this.trouble = null;
    } catch (error) {
      if (this.isOver || (error instanceof PluginAway && !this.current)) return;
      await this.close(new PluginAway());
      this.failed(messageOf(error));
    }
  }
}
