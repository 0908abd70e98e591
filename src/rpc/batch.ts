import type { Dispatcher } from './dispatcher.js';
import { jsonRpc2, readJsonRpc2 } from './envelope/json-rpc-2.js';
import { elementStarts } from './envelope/json-scanner.js';
import { headerKey } from './envelope/read-calls.js';
import type { JsonObject } from './envelope/shape.js';
import type { Exchange } from './exchange.js';

/**
 * Runs the items of a 2.0 batch, some at a time; each has its own deadline, so that one that hangs stalls no other.
 * @param text the body, for ids whose digits the parsed items have lost
 * @param done gets the answers in the order of the items; null when there are none
 */
export function runBatch(
  items: readonly unknown[],
  text: string,
  exchange: Exchange,
  dispatcher: Dispatcher,
  parallelism: number,
  done: (answer: string | null) => void,
): void {
  const answers: (string | null)[] = items.map(() => null);
  const { requestId, ip, trail } = exchange;
  const origin = { requestId, ip, trail };
  const key = headerKey(exchange.request.headers);
  let starts: number[] | null = null;
  let next = 0;
  let open = items.length;
  let free = parallelism;
  let filling = false;

  const over = (index: number, answer: string | null) => {
    answers[index] = answer;
    free++;
    open--;
    if (open === 0) {
      const given = answers.filter((each) => each !== null);
      done(given.length === 0 ? null : `[${given.join(',')}]`);
    } else if (!filling) fill();
  };

  const run = (index: number) => {
    const item = items[index];
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      return over(index, jsonRpc2.invalidRequest('null'));
    }
    const start = () => (starts ??= elementStarts(text))[index] ?? 0;
    const read = readJsonRpc2(item as JsonObject, text, start, key);
    if ('answer' in read) return over(index, read.answer);
    exchange.track(dispatcher.start(read, origin, (answer) => over(index, answer)));
  };

  const fill = () => {
    filling = true;
    while (free > 0 && next < items.length && !exchange.isOver) {
      free--;
      run(next++);
    }
    filling = false;
  };
  fill();
}
