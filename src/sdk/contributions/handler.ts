import type { EventEnvelope } from '../events/contract.js';

/** One event on its way to a handler. `id` stays the same over all tries: use it to do things once. */
export interface HandlerDelivery {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborts at the deadline of this try and when the gateway must stop. */
  readonly signal: AbortSignal;
}

/**
 * Sees events after the change that they tell of was committed: at least once, in one process of the cluster, tried
 * again by the schedule of deliveries when it throws. What it has still to see is visible in the delivery log.
 */
export type EventHandler = (event: EventEnvelope, delivery: HandlerDelivery) => Promise<void> | void;

export interface HandlerOptions {
  /** Names the handler's queue; needed when a plugin has several. Kebab-case. Default `events`. */
  readonly name?: string;
}
