import {
  localFault,
  retry,
  type Adapter,
  type DeliverContext,
  type JsonObject,
  type Outcome,
  type OutcomeKind,
  type PluginLogger,
  type PluginStore,
} from '../sdk/index.js';
import { AdapterConfig } from './adapter-config.js';
import { withDeadline } from './deadline.js';
import type { PluginHealth } from './plugin-health.js';

const GRACE_AFTER_ABORT_MS = 250;
const KINDS: ReadonlySet<string> = new Set<OutcomeKind>([
  'delivered',
  'retry',
  'gone',
  'rejected',
  'blocked',
  'local_fault',
]);

export interface AdapterOwner {
  readonly id: string;
  readonly log: PluginLogger;
  readonly store: PluginStore;
  readonly health: PluginHealth;
}

class Overdue extends Error {}

/** An adapter as the rest of the gateway sees it: behind a boundary that nothing gets through but outcomes. */
export class HostedAdapter {
  readonly config: AdapterConfig;
  readonly url: 'required' | 'optional' | 'none';
  readonly signed: boolean;
  readonly summary: string;
  readonly urlSchemes: readonly string[];
  readonly limits: NonNullable<Adapter['limits']>;

  constructor(
    readonly name: string,
    readonly owner: AdapterOwner,
    private readonly adapter: Adapter,
  ) {
    this.config = new AdapterConfig(adapter.config);
    this.url = adapter.url ?? 'required';
    this.signed = adapter.signed ?? true;
    this.summary = adapter.summary ?? '';
    this.urlSchemes = adapter.urlSchemes ?? ['http', 'https'];
    this.limits = adapter.limits ?? {};
  }

  /** Why these settings cannot be saved; null when they can. What the schema says is not asked here. */
  problem(url: string, config: JsonObject): string | null {
    try {
      return this.adapter.check?.({ url, config }) ?? null;
    } catch (error) {
      this.owner.log.error(`adapter ${this.name} threw in check`, { error: String(error) });
      return `adapter ${this.name} cannot check it; see the gateway's log`;
    }
  }

  /**
   * One attempt. Never rejects; answers within a moment after `signal` aborts, whether the adapter obeys it or not.
   */
  async deliver(context: Omit<DeliverContext, 'log' | 'store'>): Promise<Outcome> {
    const { health, id, log, store } = this.owner;
    if (!health.admits()) {
      return localFault('PLUGIN_PAUSED', { reason: `plugin ${id} is paused because it keeps failing` });
    }
    let outcome: unknown;
    try {
      outcome = await this.untilAborted(this.call({ ...context, log, store }), context.signal);
    } catch (error) {
      if (error instanceof Overdue) return retry('TIMEOUT', { reason: 'no outcome in time' });
      health.threw(error instanceof Error ? error.message : String(error));
      log.error(`adapter ${this.name} threw`, { error: error instanceof Error ? error.stack : error });
      return retry('ADAPTER_THREW', { reason: `adapter ${this.name} failed; see the gateway's log` });
    }
    if (!isOutcome(outcome)) {
      health.threw('deliver did not return an outcome');
      return retry('ADAPTER_BAD_OUTCOME', { reason: `adapter ${this.name} did not return an outcome` });
    }
    health.worked();
    return outcome;
  }

  /** Also turns a synchronous throw into a rejection. */
  private async call(context: DeliverContext): Promise<Outcome> {
    return this.adapter.deliver(context);
  }

  private async untilAborted(work: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<null>((resolve) => {
      onAbort = () => resolve(null);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      const first = await Promise.race([work, aborted]);
      return first ?? (await withDeadline(work, GRACE_AFTER_ABORT_MS, () => new Overdue()));
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, code } = value as { outcome?: unknown; code?: unknown };
  return typeof outcome === 'string' && KINDS.has(outcome) && typeof code === 'string' && code !== '';
}
