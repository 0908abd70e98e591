import { DELIVERY_STATES, type DeliveryState } from '../../delivery/delivery-record.js';
import { Id, Int, OneOf, Text } from '../../rpc/argument-types.js';

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
