import { Logger } from '@nestjs/common';
import { SecretBoxError } from '../config/secret-box.js';
import type { GuardedHttp } from '../egress/guarded-http.js';
import type { HostedAdapter } from '../plugin-host/hosted-adapter.js';
import { localFault, rejected, type EventEnvelope, type Outcome, type WireRecord } from '../sdk/index.js';
import {
  deliveryInfo,
  trailOf,
  type ClaimedDelivery,
  type Endpoints,
  type OpenEndpoint,
} from './claimed-delivery.js';
import { withTrail } from '../trail/trail.js';
import { ExchangeRecorder, type Exchange } from './exchange-recorder.js';

const log = new Logger('Delivery');

export interface FinishedAttempt {
  readonly outcome: Outcome;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly exchange: Exchange | null;
}

export interface AttemptTools {
  readonly adapter: (name: string) => HostedAdapter | undefined;
  readonly http: GuardedHttp;
  readonly endpoints: Endpoints;
  readonly timeoutMs: number;
  /** An event older than this may have been dropped. */
  readonly retentionMs: number;
}

/** Makes one attempt; never rejects. `stop` aborts it early. */
export async function runAttempt(
  row: ClaimedDelivery,
  { adapter: find, http, endpoints, timeoutMs, retentionMs }: AttemptTools,
  stop: AbortController,
): Promise<FinishedAttempt> {
  const startedAt = new Date();
  const begun = performance.now();
  let recorder: ExchangeRecorder | null = null;
  const attempt = async (): Promise<Outcome> => {
    const adapter = find(row.adapter);
    if (!adapter)
      return localFault('ADAPTER_MISSING', { reason: `no running plugin has an adapter ${row.adapter}` });
    if (row.is_expunged) return rejected('EVENT_EXPUNGED', { reason: 'the event was expunged' });
    if (row.body === null) return withoutEvent(row, retentionMs);
    const opened = openEndpoint(row, endpoints, startedAt);
    if ('outcome' in opened) return opened;
    const { endpoint, secretTexts } = opened;
    const problem = adapter.config.problem(endpoint.config as never);
    if (problem !== null) return rejected('CONFIG_INVALID', { reason: problem });
    const exchanges = new ExchangeRecorder(http, secretTexts, stop.signal);
    recorder = exchanges;
    const context = {
      event: JSON.parse(row.body) as EventEnvelope,
      delivery: deliveryInfo(row, row.body),
      endpoint,
      attempt: { number: row.attempts, startedAt },
      signal: stop.signal,
      http: exchanges,
      net: http,
      record: (exchange: WireRecord) => exchanges.record(exchange),
    };
    return withTrail(trailOf(row), () => adapter.deliver(context));
  };
  const deadline = setTimeout(
    () => stop.abort(new DOMException('no outcome in time', 'TimeoutError')),
    timeoutMs,
  );
  try {
    const outcome = await attempt().catch((error: unknown) => {
      log.error(error instanceof Error ? error.stack : error);
      return localFault('INTERNAL', { reason: 'the gateway failed; see its log' });
    });
    const exchange = (recorder as ExchangeRecorder | null)?.exchange() ?? null;
    return { outcome, startedAt, durationMs: Math.round(performance.now() - begun), exchange };
  } finally {
    clearTimeout(deadline);
  }
}

/** Only retention takes an event away; a younger one that is not seen is a fault of ours, and looked for again. */
function withoutEvent({ event_occurred_at }: ClaimedDelivery, retentionMs: number): Outcome {
  return Date.now() - event_occurred_at.getTime() > retentionMs
    ? rejected('EVENT_EXPIRED', { reason: 'the event is no longer stored' })
    : localFault('EVENT_MISSING', { reason: 'the event was not found' });
}

function openEndpoint(row: ClaimedDelivery, endpoints: Endpoints, now: Date): OpenEndpoint | Outcome {
  try {
    return endpoints.of(row, now);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return localFault('SECRETS_UNREADABLE', { reason: error.message });
  }
}
