import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';

/** Where a change came from, as far as its caller says. */
export interface Trail {
  /** W3C trace context. */
  readonly traceparent: string | null;
  /** Ids of the events that led to it, oldest first: a receiver that calls back hands on what it was sent. */
  readonly chain: readonly number[];
}

/** Request header of deliveries, and of calls made because of them: event ids, separated by commas. */
export const CHAIN_HEADER = 'forgegate-event-chain';
/** An event whose chain is this long is not delivered any more: it would go round for ever. */
export const LONGEST_CHAIN = 10;

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const CHAIN = /^\d{1,15}(, ?\d{1,15}){0,31}$/;
const NOTHING: Trail = { traceparent: null, chain: [] };

const current = new AsyncLocalStorage<Trail>();

/** Null when the headers say nothing, or nothing that can be read. */
export function trailOf(headers: IncomingHttpHeaders): Trail | null {
  const { traceparent, [CHAIN_HEADER]: chain } = headers;
  if (traceparent === undefined && chain === undefined) return null;
  return {
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : null,
    chain: typeof chain === 'string' && CHAIN.test(chain) ? chain.split(',').map(Number) : [],
  };
}

export function withTrail<T>(trail: Trail | null, work: () => T): T {
  return trail === null ? work() : current.run(trail, work);
}

export function currentTrail(): Trail {
  return current.getStore() ?? NOTHING;
}
