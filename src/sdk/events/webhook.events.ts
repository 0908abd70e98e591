import { defineEvent } from './contract.js';
import { object, utcTime, type UtcTime } from './shapes.js';

/** A subscription without what could be secret: chat services put their key into the URL. */
export interface WebhookSummary {
  webhook_id: number;
  adapter: string;
  event_types: string[];
  repo_id: number | null;
  repo_group_id: number | null;
  description: string;
}

export interface WebhookPing {
  webhook: WebhookSummary;
}

export interface WebhookWarned {
  webhook: WebhookSummary;
  /** 50 or 80: how far it is on the way to being disabled. */
  percent: number;
  failing_since: UtcTime;
  /** Failed attempts since then. */
  failures: number;
  /** Not before this, and only if nothing succeeds until then. */
  disable_at: UtcTime;
}

export interface WebhookDisabled {
  webhook: WebhookSummary;
  /** `gone`: the receiver said so; `failing`: nothing succeeded for five days. */
  cause: 'gone' | 'failing';
  reason: string;
}

export interface WebhookRecovered {
  webhook: WebhookSummary;
}

export interface WebhookExhausted {
  webhook: WebhookSummary;
  delivery: {
    delivery_id: number;
    message_id: string;
    event_id: number;
    event_type: string;
    state: 'failed' | 'rejected';
    attempts: number;
    code: string;
    reason: string | null;
  };
}

const orNull = (type: string) => ({ anyOf: [{ type }, { type: 'null' }] });
const text = { type: 'string' };
const count = { type: 'integer', minimum: 1 };

const webhook = object({
  webhook_id: count,
  adapter: text,
  event_types: { type: 'array', items: text },
  repo_id: orNull('integer'),
  repo_group_id: orNull('integer'),
  description: text,
});

const BUILD_SERVER: WebhookSummary = {
  webhook_id: 3,
  adapter: 'webhook',
  event_types: ['repo.*', 'pull_request.commented'],
  repo_id: 42,
  repo_group_id: null,
  description: 'Build server',
};

export const webhookPing = defineEvent<'webhook.ping', WebhookPing>({
  type: 'webhook.ping',
  version: 1,
  summary: 'A test of one subscription, sent to it alone whatever its event types are',
  schema: object({ webhook }),
  example: { webhook: BUILD_SERVER },
});

export const webhookWarned = defineEvent<'webhook.warned', WebhookWarned>({
  type: 'webhook.warned',
  version: 1,
  summary:
    'A subscription keeps failing and will be disabled; told to the others of its object and of everything',
  schema: object({
    webhook,
    percent: { type: 'integer', enum: [50, 80] },
    failing_since: utcTime,
    failures: count,
    disable_at: utcTime,
  }),
  example: {
    webhook: BUILD_SERVER,
    percent: 50,
    failing_since: '2026-03-01T08:00:00.000Z',
    failures: 14,
    disable_at: '2026-03-06T08:00:00.000Z',
  },
});

export const webhookDisabled = defineEvent<'webhook.disabled', WebhookDisabled>({
  type: 'webhook.disabled',
  version: 1,
  summary: 'The gateway disabled a subscription, whose deliveries are held from now on',
  schema: object({ webhook, cause: { type: 'string', enum: ['gone', 'failing'] }, reason: text }),
  example: {
    webhook: BUILD_SERVER,
    cause: 'gone',
    reason: 'the receiver says that this endpoint is gone for good',
  },
});

export const webhookRecovered = defineEvent<'webhook.recovered', WebhookRecovered>({
  type: 'webhook.recovered',
  version: 1,
  summary: 'A subscription that was warned of or disabled works again',
  schema: object({ webhook }),
  example: { webhook: BUILD_SERVER },
});

export const webhookExhausted = defineEvent<'webhook.exhausted', WebhookExhausted>({
  type: 'webhook.exhausted',
  version: 1,
  summary: 'A delivery was given up; `redeliver` sends it again',
  schema: object({
    webhook,
    delivery: object({
      delivery_id: count,
      message_id: text,
      event_id: count,
      event_type: text,
      state: { type: 'string', enum: ['failed', 'rejected'] },
      attempts: count,
      code: text,
      reason: orNull('string'),
    }),
  }),
  example: {
    webhook: BUILD_SERVER,
    delivery: {
      delivery_id: 9001,
      message_id: 'msg_9001',
      event_id: 501,
      event_type: 'repo.updated',
      state: 'failed',
      attempts: 10,
      code: 'HTTP_500',
      reason: 'the receiver answered 500',
    },
  },
});
