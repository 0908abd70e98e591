import { Worker } from 'node:worker_threads';
import { builtModule } from '../sdk-resolution.js';

/** Given to `watchdog-main.ts`. */
export interface WatchdogStart {
  /** One number that the watched thread counts up while it is free. */
  readonly beats: Int32Array;
  readonly patienceMs: number;
  readonly lookMs: number;
}

/** What a plugin did; `where` is the file below its folder, and the line. */
export interface Blocked {
  readonly id: string;
  readonly where: string;
  readonly milliseconds: number;
}

interface Watched {
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  onBlocked(blocked: Blocked): void;
}

const PATIENCE_MS = 1_000;
const LOOK_MS = 250;

/** Names the plugin that keeps this thread from everything else: on standard error at once, and afterwards to `onBlocked`. */
class LoopWatchdog {
  private readonly watched = new Map<string, Watched>();
  private worker: Worker | null = null;
  private beating: NodeJS.Timeout | undefined;

  /** @returns how to end it */
  watch(plugin: Watched): () => void {
    this.watched.set(plugin.id, plugin);
    this.worker ??= this.start();
    this.worker.postMessage({ id: plugin.id, folder: plugin.folder });
    return () => {
      if (this.watched.get(plugin.id) !== plugin) return;
      this.watched.delete(plugin.id);
      this.worker?.postMessage({ id: plugin.id, folder: null });
      if (this.watched.size === 0) this.end();
    };
  }

  private start(): Worker {
    const beats = new Int32Array(new SharedArrayBuffer(4));
    const start: WatchdogStart = { beats, patienceMs: PATIENCE_MS, lookMs: LOOK_MS };
    const worker = new Worker(builtModule('plugin-host/tiers/watchdog-main.js'), {
      name: 'plugin-watchdog',
      workerData: start,
      env: {},
      execArgv: [],
    });
    worker.on('message', (blocked: Blocked) => this.watched.get(blocked.id)?.onBlocked(blocked));
    // Without it plugins run as well
    worker.on('error', () => this.end());
    // After the listeners, which hold on to the process
    worker.unref();
    this.beating = setInterval(() => Atomics.add(beats, 0, 1), LOOK_MS).unref();
    return worker;
  }

  private end(): void {
    clearInterval(this.beating);
    void this.worker?.terminate();
    this.worker = null;
  }
}

const watchdog = new LoopWatchdog();

/** Only where the gateway is built: threads cannot be started from TypeScript. */
export const watchLoop = (plugin: Watched): (() => void) =>
  import.meta.url.endsWith('.js') ? watchdog.watch(plugin) : () => undefined;
