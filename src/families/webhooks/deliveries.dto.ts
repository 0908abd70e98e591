import { DELIVERY_STATES, type DeliveryState } from '../../delivery/delivery-record.js';
import { RECOVERABLE_STATES, type RecoverableState } from '../../delivery/delivery-recovery.js';
import { Bool, Id, Int, OneOf, StringList, Text } from '../../rpc/argument-types.js';

const TIME = { max: 40, description: 'ISO 8601, `2026-03-05T16:40:02Z`; without a zone: server time' };

export class GetDeliveriesArgs {
  @Int({ optional: true, min: 1, description: 'only those of this webhook' })
  webhook_id?: number;

  @Id({ optional: true, description: 'only those of the webhooks of this repository' })
  repoid?: number | string;

  @Id({ optional: true, description: 'only those of the webhooks of this repository group' })
  repogroupid?: number | string;

  @Int({ optional: true, min: 1, description: 'only those of this event' })
  event_id?: number;

  @Id({ optional: true, description: 'only those whose event is about this repository' })
  event_repoid?: number | string;

  @Text({ optional: true, max: 100, description: 'only events of this type, with `*` as wildcard' })
  event_type?: string;

  @OneOf(DELIVERY_STATES, { optional: true, description: 'only those in this state' })
  state?: DeliveryState;

  @Text({ optional: true, ...TIME })
  since?: string;

  @Text({ optional: true, ...TIME })
  until?: string;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most' })
  limit = 100;

  @Int({ optional: true, min: 1, description: '`next` of the page before' })
  cursor?: number;
}

export class DeliveryArgs {
  @Int({ min: 1, description: 'id as `get_deliveries` shows it' })
  delivery_id!: number;
}

export class RecoverDeliveriesArgs {
  @Int({ optional: true, min: 1, description: 'only those of this webhook' })
  webhook_id?: number;

  @Id({ optional: true, description: 'only those of the webhooks of this repository' })
  repoid?: number | string;

  @Id({ optional: true, description: 'only those of the webhooks of this repository group' })
  repogroupid?: number | string;

  @StringList({
    optional: true,
    max: RECOVERABLE_STATES.length,
    description: `states to send again, of ${RECOVERABLE_STATES.join(', ')}`,
  })
  state: RecoverableState[] = ['failed', 'rejected', 'gone', 'blocked'];

  @Text({ optional: true, max: 100, description: 'only events of this type, with `*` as wildcard' })
  event_type?: string;

  @Text({ optional: true, ...TIME })
  since?: string;

  @Text({ optional: true, ...TIME })
  until?: string;

  @Bool({ optional: true, description: 'false: answers at once with `job_id`, see `get_job`' })
  wait = true;
}
