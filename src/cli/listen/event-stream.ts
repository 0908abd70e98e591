import { CommandError } from '../command-error.js';
import type { Connection } from '../call/connection-file.js';

/** One event as the gateway streams it. */
export interface StreamedEvent {
  /** Where to go on from. */
  readonly id: string;
  readonly type: string;
  /** The exact body of deliveries. */
  readonly body: string;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * The live events that a key may see, for as long as the signal lets it; a lost connection is taken up where it broke off.
 * @throws CommandError when the gateway does not want to
 */
export async function* streamedEvents(
  { apihost, apikey }: Connection,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const url = `${apihost.replace(/\/+$/, '')}/_admin/events?${new URLSearchParams(query).toString()}`;
  let lastId: string | null = null;
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const headers = {
      authorization: `Bearer ${apikey}`,
      ...(lastId !== null && { 'last-event-id': lastId }),
    };
    try {
      const response = await fetch(url, { headers, signal });
      if (response.status >= 400 && response.status < 500)
        throw new CommandError(`${url}: ${response.status} ${(await response.text()).trim()}`);
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      for await (const event of eventsIn(response.body)) {
        [lastId, pause] = [event.id, FIRST_PAUSE_MS];
        yield event;
      }
    } catch (error) {
      if (error instanceof CommandError && !signal.aborted) throw error;
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Server-sent events: blocks of `name: value` lines, parted by empty ones. */
export async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
        }),
      );
      const [id, type, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
      if (id !== undefined && type !== undefined && data !== undefined) yield { id, type, body: data };
    }
  }
}
