import { JsonText } from '../../rpc/json-text.js';
import type { EventPage } from './event-reader.js';

/** Each event is the text that subscribers get. */
export function toEventPageView({ events, cursor }: EventPage): JsonText {
  return new JsonText(
    `{"events":[${events.map(({ body }) => body).join(',')}],"cursor":${JSON.stringify(cursor)}}`,
  );
}
