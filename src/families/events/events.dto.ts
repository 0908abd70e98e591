import { Bool, Id, Int, StringList, Text } from '../../rpc/argument-types.js';

export class GetEventsArgs {
  @Text({
    optional: true,
    max: 40,
    description: '`cursor` of the page before; `now`: what comes from now on; without: all',
  })
  cursor?: string;

  @StringList({ optional: true, max: 100, description: 'event types, with `*` as wildcard' })
  event_types?: string[];

  @Id({ optional: true, description: 'only events about this repository' })
  repoid?: number | string;

  @Text({ optional: true, max: 40, description: 'ISO 8601; only events that happened then or later' })
  since?: string;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most' })
  limit = 100;

  @Int({ optional: true, min: 0, max: 60, description: 'seconds to wait for an event when there is none' })
  wait_s = 0;
}

export class EventTypeArgs {
  @Text({ max: 100, description: 'as `get_event_types` lists it' })
  event_type!: string;
}

export class ExpungeEventsArgs {
  @Int({ optional: true, min: 1, description: 'this event' })
  event_id?: number;

  @Id({ optional: true, description: 'all events that this user caused, and those that name him' })
  userid?: number | string;

  @Bool({ optional: true, description: 'false: answers at once with `job_id`, see `get_job`' })
  wait = true;
}
