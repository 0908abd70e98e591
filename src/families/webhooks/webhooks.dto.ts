import { SIGNATURE_TYPES, type SignatureType } from '../../delivery/signing-key.js';
import { ORDERINGS, type Ordering } from '../../delivery/subscription.js';
import { Bool, Id, Int, JsonObjectArg, List, OneOf, StringList, Text } from '../../rpc/argument-types.js';

const WEBHOOK_ID = { min: 1, description: 'id as `create_webhook` answered it' };
const EVENT_TYPES = { max: 100, description: 'event types, with `*` as wildcard: `pull_request.*`' };
const URL = { max: 2048, description: 'where deliveries go; adapters other than `webhook` may need none' };

const IN_FLIGHT = { min: 1, max: 1_000, description: 'deliveries that may be under way at once' };
const RATE = { min: 1, max: 60_000, description: 'attempts a minute at most' };
const SCHEDULE = { max: 30, description: 'seconds before attempt 2, 3, ...; `[]`: no second attempt' };
const ORDER = {
  description:
    '`strict`: one after the other; `repository`, `pull_request`: those of each; `none`: in any order',
};

const SIGNATURE = { description: '`v1`: with a shared secret; `v1a`: ed25519, verified with a public key' };

const FILTER = {
  description: '`branches`, `paths`, `actors` (globs, `!` excludes) and `body` (conditions); all must hold',
};
const SKIPPED = { description: 'keep what the filter leaves out in the delivery log, with the reason' };

export class CreateWebhookArgs {
  @Text({ optional: true, nullable: true, ...URL })
  url: string | null = null;

  @StringList(EVENT_TYPES)
  event_types!: string[];

  @Id({ optional: true, description: 'only events of this repository' })
  repoid?: number | string;

  @Id({ optional: true, description: 'only events of repositories in this group; with neither: everything' })
  repogroupid?: number | string;

  @Bool({ optional: true, description: 'with `repogroupid`: also of its subgroups' })
  recursive = true;

  @Text({ optional: true, max: 64, description: 'how it is delivered; the name of an adapter' })
  adapter = 'webhook';

  @JsonObjectArg({ optional: true, description: 'settings of the adapter' })
  config: Record<string, unknown> = {};

  @Text({ optional: true, max: 255 })
  description = '';

  @Bool({ optional: true, description: 'false: deliveries are held until it is activated' })
  active = true;

  @Int({ optional: true, nullable: true, ...IN_FLIGHT })
  max_in_flight: number | null = null;

  @Int({ optional: true, nullable: true, ...RATE })
  rate_per_minute: number | null = null;

  @List({ optional: true, nullable: true, ...SCHEDULE })
  retry_schedule: unknown[] | null = null;

  @OneOf(ORDERINGS, { optional: true, ...ORDER })
  ordering: Ordering = 'none';

  @OneOf(SIGNATURE_TYPES, { optional: true, ...SIGNATURE })
  signature: SignatureType = 'v1';

  @JsonObjectArg({ optional: true, nullable: true, ...FILTER })
  filter: Record<string, unknown> | null = null;

  @Bool({ optional: true, ...SKIPPED })
  record_skipped = false;
}

export class WebhookArgs {
  @Int(WEBHOOK_ID)
  webhook_id!: number;
}

export class RotateWebhookSecretArgs extends WebhookArgs {
  @OneOf(SIGNATURE_TYPES, { optional: true, ...SIGNATURE })
  signature: SignatureType = 'v1';

  @Int({
    optional: true,
    min: 0,
    max: 604_800,
    description: 'seconds during which the keys before it sign as well; 0: they end at once',
  })
  overlap = 86_400;
}

export class UpdateWebhookArgs extends WebhookArgs {
  @Text({ optional: true, ...URL })
  url?: string;

  @StringList({ optional: true, ...EVENT_TYPES })
  event_types?: string[];

  @Bool({ optional: true })
  recursive?: boolean;

  @JsonObjectArg({ optional: true, description: 'replaces the whole; a masked secret keeps its value' })
  config?: Record<string, unknown>;

  @Text({ optional: true, max: 255 })
  description?: string;

  @Bool({ optional: true, description: 'false: deliveries are held; true: see `held`' })
  active?: boolean;

  @Text({
    optional: true,
    max: 40,
    description:
      'with `active: true`, for what was held meanwhile: `all`, `none`, or the time since when it is sent',
  })
  held?: string;

  @Int({ optional: true, nullable: true, ...IN_FLIGHT })
  max_in_flight?: number | null;

  @Int({ optional: true, nullable: true, ...RATE })
  rate_per_minute?: number | null;

  @List({ optional: true, nullable: true, ...SCHEDULE })
  retry_schedule?: unknown[] | null;

  @OneOf(ORDERINGS, { optional: true, ...ORDER })
  ordering?: Ordering;

  @JsonObjectArg({ optional: true, nullable: true, ...FILTER })
  filter?: Record<string, unknown> | null;

  @Bool({ optional: true, ...SKIPPED })
  record_skipped?: boolean;
}

export class TestWebhookFilterArgs {
  @JsonObjectArg(FILTER)
  filter!: Record<string, unknown>;

  @StringList({ optional: true, ...EVENT_TYPES })
  event_types: string[] = ['*'];

  @Id({ optional: true, description: 'on events of this repository' })
  repoid?: number | string;

  @Id({ optional: true, description: 'on events of repositories in this group; with neither: on everything' })
  repogroupid?: number | string;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many events, the newest' })
  limit = 50;
}

export class SimulateEventArgs extends WebhookArgs {
  @Text({ max: 100, description: 'as `get_event_types` lists it' })
  event_type!: string;

  @JsonObjectArg({ optional: true, description: 'members of `data` in place of those of the example' })
  data: Record<string, unknown> = {};
}

const LIMIT = { min: 1, max: 1000, description: 'how many at most' };

export class GetWebhooksArgs {
  @Id({ optional: true, description: 'only those of this repository' })
  repoid?: number | string;

  @Id({ optional: true, description: 'only those of this repository group' })
  repogroupid?: number | string;

  @Int({ optional: true, ...LIMIT })
  limit = 100;

  @Int({ optional: true, min: 1, description: '`next` of the page before' })
  cursor?: number;
}
