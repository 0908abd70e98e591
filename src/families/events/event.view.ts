import { JsonText } from '../../rpc/json-text.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import type { EventPage } from './event-reader.js';
import type { EventsPage } from './events.results.js';

/** Each event is the text that subscribers get. */
export function toEventPageView({ events, cursor }: EventPage): JsonText<ResultOf<typeof EventsPage>> {
  return new JsonText(
    `{"events":[${events.map(({ body }) => body).join(',')}],"cursor":${JSON.stringify(cursor)}}`,
  );
}
