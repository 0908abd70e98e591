import { AsyncLocalStorage } from 'node:async_hooks';
import type { PluginLogger } from '../sdk/index.js';
import { withDeadline } from './deadline.js';
import type { PluginHealth } from './plugin-health.js';

/** How long a call may still answer after it was told to stop, in milliseconds. */
const GRACE_AFTER_ABORT_MS = 250;

export type PluginFaultCode =
  /** It kept failing and is left alone for a while. */
  | 'PAUSED'
  /** It has no process just now, or was stopped. */
  | 'AWAY'
  /** It did not answer in time. */
  | 'LATE'
  | 'THREW';

/** Why a call into a plugin gave nothing. The message names no more than the plugin; details are in the log. */
export class PluginFault extends Error {
  constructor(
    readonly code: PluginFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PluginFault';
  }
}

/** Thrown into a call whose plugin lost its process; counts against the plugin, not against whom it was calling. */
export class PluginAway extends Error {
  constructor(message = 'the plugin has no process just now') {
    super(message);
    this.name = 'PluginAway';
  }
}

/** The plugin on whose behalf code runs, over every await. */
export const runningPlugin = new AsyncLocalStorage<PluginBoundary>();

/** Every call into a plugin goes through here: it has a deadline, its errors end here, and failing too often pauses it. */
export class PluginBoundary {
  /** Calls that have not come back yet: what they are for. */
  readonly inFlight = new Set<{ readonly what: string; readonly since: number }>();

  constructor(
    readonly id: string,
    readonly health: PluginHealth,
    private readonly log: PluginLogger,
  ) {}

  /**
   * @param what for the log, e.g. `adapter chat`
   * @param signal aborts when nobody waits any more; the call then has a moment left, whether it obeys or not
   * @param expected errors that are answers and no failures
   * @throws PluginFault, or an expected error
   */
  async run<T>(
    what: string,
    signal: AbortSignal,
    work: () => T | Promise<T>,
    expected: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    if (!this.health.admits())
      throw new PluginFault('PAUSED', `plugin ${this.id} is paused because it keeps failing`);
    const flight = { what, since: performance.now() };
    this.inFlight.add(flight);
    try {
      const result = await this.untilAborted(
        runningPlugin.run(this, async () => work()),
        signal,
      );
      this.health.worked();
      return result;
    } catch (error) {
      throw expected(error) ? error : this.fault(what, error);
    } finally {
      this.inFlight.delete(flight);
    }
  }

  /** Lets code run as the plugin's, without the rest: for its lifecycle. */
  asItself<T>(work: () => T): T {
    return runningPlugin.run(this, work);
  }

  private fault(what: string, error: unknown): PluginFault {
    if (error instanceof PluginFault) return error;
    if (error instanceof PluginAway)
      return new PluginFault('AWAY', `plugin ${this.id} is being restarted`, { cause: error });
    this.health.threw(messageOf(error));
    this.log.error(`${what} threw`, { error: error instanceof Error ? error.stack : error });
    return new PluginFault('THREW', `plugin ${this.id} failed; see the gateway's log`, { cause: error });
  }

  private async untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<typeof ABORTED>((resolve) => {
      onAbort = () => resolve(ABORTED);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    const late = () => new PluginFault('LATE', `plugin ${this.id} did not answer in time`);
    try {
      const first = await Promise.race([work, aborted]);
      return first === ABORTED ? await withDeadline(work, GRACE_AFTER_ABORT_MS, late) : first;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

const ABORTED = Symbol('aborted');

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
