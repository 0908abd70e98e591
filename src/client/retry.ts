import { RpcError, TransportError } from './rpc-error.js';

/** Statuses of a gateway, or of a proxy before it, that will be over soon. */
const TEMPORARY = new Set([408, 429, 502, 503, 504]);
/** A rate limit, a database that is away: the same in the gateway's own words. */
const TEMPORARY_CODES = new Set([1011, 1013]);
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** What stood in the way of an answer, and how long to wait before asking again. */
export interface Obstacle {
  readonly error: Error;
  /** Milliseconds that the gateway asked for; null when it did not. */
  readonly waitMs: number | null;
}

/** @returns null when asking again would not help */
export function obstacleOf(error: unknown, retryAfter: string | null = null): Obstacle | null {
  if (error instanceof RpcError && TEMPORARY_CODES.has(error.code)) {
    const seconds = error.data.retry_after;
    return { error, waitMs: typeof seconds === 'number' ? seconds * 1000 : parseRetryAfter(retryAfter) };
  }
  if (error instanceof TransportError && (error.status === null || TEMPORARY.has(error.status)))
    return { error, waitMs: parseRetryAfter(retryAfter) };
  return null;
}

/** Doubles from attempt to attempt, and varies, so that many clients do not come back at once. @param attempt from 1 */
export function waitBefore(attempt: number, { waitMs }: Obstacle): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return waitMs ?? most * (0.5 + Math.random() / 2);
}

/** Seconds, or an HTTP date. */
function parseRetryAfter(text: string | null): number | null {
  if (text === null) return null;
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

/** @throws the signal's reason when it aborts meanwhile */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
  });
}
