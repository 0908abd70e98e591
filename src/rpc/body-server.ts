import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { runBatch } from './batch.js';
import { Dispatcher, rateLimited } from './dispatcher.js';
import { batchTooLong, jsonRpc2 } from './envelope/json-rpc-2.js';
import { readCalls } from './envelope/read-calls.js';
import type { Reading } from './envelope/read-calls.js';
import type { Exchange } from './exchange.js';
import { limitedBy } from './http/client-address.js';
import { TokenBuckets } from './rate-limit.js';

/** Serves a complete body: reads its calls, and answers when all of them are over. */
@Injectable()
export class BodyServer {
  private readonly addressLimits: TokenBuckets<string>;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dispatcher: Dispatcher,
  ) {
    this.addressLimits = new TokenBuckets(settings.rateLimitPerAddress, settings.rateLimitBurst);
  }

  serve(body: Buffer, exchange: Exchange): void {
    const { endpoint, request } = exchange;
    const reading = readCalls(body, endpoint, request.headers, this.settings.dialect);
    const wait = this.mustWait(reading, exchange);
    if (wait > 0) return exchange.answer(429, refusal(reading, wait), wait);
    switch (reading.kind) {
      case 'nothing':
        return exchange.answer(200, reading.answer);
      case 'call':
        return this.single(reading, exchange);
      case 'batch':
        return this.batch(reading, exchange);
    }
  }

  /** Every call counts, whether its key is any good or not; so do bodies that hold none. */
  private mustWait(reading: Reading, exchange: Exchange): number {
    if (this.settings.rateLimitPerAddress === 0) return 0;
    const calls = reading.kind === 'batch' ? Math.min(reading.items.length, this.settings.maxBatchItems) : 1;
    return this.addressLimits.take(limitedBy(exchange.ip), Math.max(1, calls), performance.now());
  }

  private single({ invocation }: Extract<Reading, { kind: 'call' }>, exchange: Exchange): void {
    const call = this.dispatcher.start(invocation, exchange, (text, fault) => {
      if (fault?.reason === 'RATE_LIMITED')
        exchange.answer(429, text, fault.data.retry_after as number | undefined);
      else exchange.answer(200, text);
    });
    exchange.track(call);
  }

  private batch({ items, text }: Extract<Reading, { kind: 'batch' }>, exchange: Exchange): void {
    if (items.length === 0) return exchange.answer(200, jsonRpc2.invalidRequest('null'));
    const { maxBatchItems, batchParallelism } = this.settings;
    if (items.length > maxBatchItems) return exchange.answer(200, batchTooLong(maxBatchItems));
    runBatch(items, text, exchange, this.dispatcher, batchParallelism, (answer) =>
      exchange.answer(200, answer),
    );
  }
}

function refusal(reading: Reading, wait: number): string | null {
  const fault = rateLimited(wait);
  if (reading.kind === 'batch') return jsonRpc2.failure('null', fault);
  if (reading.kind === 'nothing') return reading.envelope.failure('null', fault);
  const { id, envelope } = reading.invocation;
  return id === null ? null : envelope.failure(id, fault);
}
