import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../config/secret-box.js';
import type { Row } from '../database/database.js';
import type { DeliveryInfo, Endpoint, JsonObject } from '../sdk/index.js';
import { CHAIN_HEADER, type Trail } from '../trail/trail.js';
import { messageId } from './delivery-record.js';
import type { EventFilter } from './subscription-filter.js';
import { liveSecrets, openSecrets, type SubscriptionSecrets } from './subscription-secrets.js';

/** A row of the claim statement: delivery, subscription and event in one. */
export interface ClaimedDelivery extends Row {
  delivery_id: number;
  created_at: Date;
  event_id: number;
  event_occurred_at: Date;
  event_type: string;
  webhook_id: number;
  /** This one included. */
  attempts: number;
  local_faults: number;
  round_start: number;
  adapter: string;
  url: string | null;
  config: JsonObject;
  secrets_sealed: Buffer | null;
  webhook_updated_at: Date;
  retry_schedule_s: number[] | null;
  filter: EventFilter | null;
  record_skipped: boolean;
  is_for_one: boolean;
  /** Whether somebody sent it again. */
  resent: boolean;
  is_rated: boolean;
  /** Whether its subscription could be given no more, so that the end of this one makes room for another. */
  is_full: boolean;
  /** Whether a success would change the health of its endpoint. */
  is_troubled: boolean;
  /** Null when retention has taken the event. */
  body: string | null;
  traceparent: string | null;
  chain: number[] | null;
  is_expunged: boolean;
}

export function deliveryInfo(row: ClaimedDelivery, body: string): DeliveryInfo {
  return {
    id: messageId(row.delivery_id),
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    webhookId: row.webhook_id,
    createdAt: row.created_at,
    trail: headersOf(row),
    body,
  };
}

/** Of what an adapter or handler does because of it: the event goes to the end of the chain. */
export function trailOf({ traceparent, chain, event_id }: ClaimedDelivery): Trail {
  return { traceparent, chain: [...(chain ?? []), event_id] };
}

/** The attempt is a span of its own. */
function headersOf(row: ClaimedDelivery): Record<string, string> {
  const { traceparent, chain } = trailOf(row);
  const span = randomBytes(8).toString('hex');
  const [version, trace, , flags] = traceparent?.split('-') ?? [];
  return {
    [CHAIN_HEADER]: chain.join(','),
    ...(traceparent !== null && { traceparent: `${version}-${trace}-${span}-${flags}` }),
  };
}

const MOST_ENDPOINTS = 1_000;
/** A shorter one would be found everywhere. */
const SHORTEST_SECRET = 4;

export interface OpenEndpoint {
  readonly endpoint: Endpoint;
  /** What must not appear in the delivery log. */
  readonly secretTexts: readonly string[];
}

/** Opens secrets once for each version of a subscription, not for each delivery. */
export class Endpoints {
  private readonly opened = new Map<number, { version: number; secrets: SubscriptionSecrets }>();

  constructor(private readonly box: SecretBox) {}

  /** @throws SecretBoxError */
  of(row: ClaimedDelivery, now: Date): OpenEndpoint {
    const secrets = this.secrets(row);
    const live = liveSecrets(secrets, now);
    return {
      endpoint: { url: row.url ?? '', config: { ...row.config, ...secrets.config }, secrets: live },
      secretTexts: [...live, ...textsIn(secrets.config)],
    };
  }

  private secrets(row: ClaimedDelivery): SubscriptionSecrets {
    const version = row.webhook_updated_at.getTime();
    const known = this.opened.get(row.webhook_id);
    if (known?.version === version) return known.secrets;
    const secrets = openSecrets(this.box, row.secrets_sealed);
    if (this.opened.size >= MOST_ENDPOINTS) this.opened.clear();
    this.opened.set(row.webhook_id, { version, secrets });
    return secrets;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length < SHORTEST_SECRET ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
