import { matchesAnyEvent } from '../events/catalogue.js';
import type { GuardedHttp } from '../egress/guarded-http.js';
import type { HostedAdapter } from '../plugin-host/hosted-adapter.js';
import type { JsonObject } from '../sdk/index.js';
import { filterProblem } from './subscription-filter.js';
import { DeliveryRefusal, type Pace } from './subscription.js';

const invalid = (field: string, message: string) =>
  new DeliveryRefusal('INVALID', `${field}: ${message}`, field);
const PATTERN = /^[a-z*][a-z_.*]{0,99}$/;
const MAX_URL = 2_048;

/** @returns the patterns without repetition @throws DeliveryRefusal */
export function checkEventTypes(eventTypes: readonly string[]): string[] {
  if (eventTypes.length === 0) throw invalid('event_types', 'name at least one event type, or * for all');
  for (const pattern of eventTypes) {
    if (!PATTERN.test(pattern) || !matchesAnyEvent(pattern)) {
      throw invalid('event_types', `${JSON.stringify(pattern)} matches no event type of this gateway`);
    }
  }
  return [...new Set(eventTypes)];
}

/** The network rules are those of sending, so that what cannot be delivered cannot be saved. @throws DeliveryRefusal */
export async function checkUrl(url: string | null, adapter: HostedAdapter, http: GuardedHttp): Promise<void> {
  if (url === null) {
    if (adapter.url === 'required') throw invalid('url', `adapter ${adapter.name} needs one`);
    return;
  }
  if (adapter.url === 'none') throw invalid('url', `adapter ${adapter.name} takes none`);
  if (url.length > MAX_URL) throw invalid('url', `at most ${MAX_URL} characters`);
  const refusal = await http.refusal(url, adapter.urlSchemes);
  if (refusal !== null) throw invalid('url', refusal);
}

/** @returns the settings with defaults filled in, in two parts @throws DeliveryRefusal */
export function checkConfig(
  config: JsonObject,
  url: string | null,
  adapter: HostedAdapter,
): { open: JsonObject; secret: JsonObject } {
  const filled = structuredClone(config);
  const problem = adapter.config.problem(filled);
  if (problem !== null) throw new DeliveryRefusal('INVALID', problem, 'config');
  const refusal = adapter.problem(url ?? '', filled);
  if (refusal !== null) throw new DeliveryRefusal('INVALID', refusal, 'config');
  return adapter.config.split(filled);
}

/** @throws DeliveryRefusal */
export function checkFilter(filter: JsonObject | null | undefined): void {
  const problem = filter ? filterProblem(filter) : null;
  if (problem !== null) throw new DeliveryRefusal('INVALID', problem, 'filter');
}

const MAX_RETRIES = 30;
const MAX_RETRY_S = 30 * 86_400;

/** @throws DeliveryRefusal */
export function checkPace({ retryScheduleS }: Partial<Pace>): void {
  if (!retryScheduleS) return;
  if (retryScheduleS.length > MAX_RETRIES) throw invalid('retry_schedule', `at most ${MAX_RETRIES} retries`);
  const isPause = (seconds: unknown) =>
    Number.isSafeInteger(seconds) && (seconds as number) >= 0 && (seconds as number) <= MAX_RETRY_S;
  if (!retryScheduleS.every(isPause)) {
    throw invalid('retry_schedule', `seconds before attempt 2, 3, ...: integers from 0 to ${MAX_RETRY_S}`);
  }
}
