import {
  anything,
  id,
  integer,
  listOf,
  mapOf,
  message,
  named,
  object,
  optional,
  text,
} from '../../rpc/result-shapes.js';

/** Each event as subscribers get it; what is in `data` says `get_event_type`. */
export const EventsPage = object({
  events: listOf(named('Event', { type: text, version: integer, timestamp: text, data: mapOf(anything) })),
  cursor: text,
});

export const EventType = named('EventType', { event_type: text, version: integer, summary: text });

export const EventTypeDetails = named('EventTypeDetails', {
  ...EventType.properties,
  schema: mapOf(anything),
  example: mapOf(anything),
});

/** `job_id` with `wait: false`, else how many. */
export const ExpungedEvents = message({ expunged: optional(integer), job_id: optional(id) });
