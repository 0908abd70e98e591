import { HttpFailure, type HttpResponse } from './adapter.js';
import { blocked, delivered, gone, localFault, rejected, retry, type Outcome } from './outcome.js';

const MALFORMED: ReadonlySet<string> = new Set(['BAD_URL', 'BAD_REQUEST']);

/**
 * `Retry-After` in milliseconds from `now`; undefined when absent, in the past or unreadable.
 * @param value seconds, or an HTTP date
 */
export function retryAfterMs(value: string | undefined, now: Date = new Date()): number | undefined {
  const text = value?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  return seconds > 0 ? Math.round(seconds * 1000) : undefined;
}

/** What an HTTP answer means for a webhook: only 2xx is success, 410 is final, the rest is tried again. */
export function outcomeOfResponse({ status, headers }: HttpResponse, now: Date = new Date()): Outcome {
  const code = `HTTP_${status}`;
  if (status >= 200 && status < 300) return delivered(code, { status });
  if (status === 410)
    return gone(code, { status, reason: 'the receiver says that this endpoint is gone for good' });
  const wait = retryAfterMs(headers['retry-after'], now);
  const reason =
    status >= 300 && status < 400
      ? `the receiver answered ${status}; redirects are not followed`
      : `the receiver answered ${status}`;
  return retry(code, { status, reason, ...(wait !== undefined && { retryAfterMs: wait }) });
}

/** What an {@link HttpFailure} means; anything else is thrown again. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (!(error instanceof HttpFailure)) throw error;
  const { kind, code, message: reason } = error;
  if (kind === 'blocked') return blocked(code, { reason });
  if (kind === 'remote') return retry(code, { reason });
  return MALFORMED.has(code) ? rejected(code, { reason }) : localFault(code, { reason });
}

/**
 * What became of a request, whether it was answered or not.
 * @param judge what an answer means; by default what it means for a webhook
 */
export async function outcomeOf(
  answer: Promise<HttpResponse>,
  judge: (response: HttpResponse) => Outcome = outcomeOfResponse,
): Promise<Outcome> {
  try {
    return judge(await answer);
  } catch (error) {
    return outcomeOfFailure(error);
  }
}

/** For `check` of an adapter that keeps its URL among its secrets. @returns why it is none, or null */
export function urlProblem(name: string, url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return `config.${name} must be an http or https URL`;
  return parsed.username || parsed.password ? `config.${name} must not hold a user name or password` : null;
}
