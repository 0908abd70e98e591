import {
  localFault,
  rejected,
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
import type { Capabilities } from './capabilities.js';
import { PluginFault, type PluginBoundary } from './boundary.js';

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
  readonly boundary: PluginBoundary;
  readonly capabilities: Capabilities;
}

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
    const { log, store, boundary, capabilities, id } = this.owner;
    const { type } = context.event;
    if (!capabilities.sees(type))
      return rejected('EVENT_NOT_DECLARED', { reason: `plugin ${id} does not declare that it sees ${type}` });
    const http = capabilities.within(context.http);
    try {
      return await boundary.run(`adapter ${this.name}`, context.signal, async () => {
        const outcome: unknown = await this.adapter.deliver({ ...context, http, log, store });
        if (!isOutcome(outcome)) throw new BadOutcome('deliver did not return an outcome');
        return outcome;
      });
    } catch (error) {
      return this.outcomeOf(error as PluginFault);
    }
  }

  private outcomeOf({ code, message, cause }: PluginFault): Outcome {
    if (code === 'PAUSED') return localFault('PLUGIN_PAUSED', { reason: message });
    if (code === 'AWAY') return localFault('PLUGIN_AWAY', { reason: message });
    if (code === 'LATE') return retry('TIMEOUT', { reason: 'no outcome in time' });
    return cause instanceof BadOutcome
      ? retry('ADAPTER_BAD_OUTCOME', { reason: `adapter ${this.name} did not return an outcome` })
      : retry('ADAPTER_THREW', { reason: `adapter ${this.name} failed; see the gateway's log` });
  }
}

class BadOutcome extends Error {}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, code } = value as { outcome?: unknown; code?: unknown };
  return typeof outcome === 'string' && KINDS.has(outcome) && typeof code === 'string' && code !== '';
}
