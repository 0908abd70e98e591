import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultStage, pause } from './stage.js';
import { Ledger, type Answer } from './ledger.js';

let stage: FaultStage;

beforeAll(async () => {
  stage = await FaultStage.open();
  await stage.startGateway();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.ledger.close();
  stage.ledger = await Ledger.open();
});
afterEach(async () => {
  const { webhooks } = await stage.gateway.call<{ webhooks: { webhook_id: number }[] }>('get_webhooks');
  for (const { webhook_id } of webhooks) await stage.gateway.call('delete_webhook', { webhook_id });
});

const GZIP_BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const ok: Answer = (_request, response) => response.writeHead(204).end();
const endless = (write: (chunk: string) => boolean, isOver: () => boolean, everyMs: number) => {
  const timer = setInterval(() => {
    if (isOver()) clearInterval(timer);
    else write('x'.repeat(64 * 1024));
  }, everyMs);
};

/** What a receiver may do the first time it gets a message; each is a failure that passes. */
const MISDEEDS: Record<string, Answer> = {
  'cuts the connection in the middle of its answer': (_request, response) => {
    response.writeHead(500, { 'content-length': '1000' });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  },
  'cuts it before it answers': (request) => request.socket.destroy(),
  'never answers': () => undefined,
  'sends its answer a byte a second': (request) => {
    const timer = setInterval(() => {
      if (request.socket.destroyed) clearInterval(timer);
      else request.socket.write('H');
    }, 1_000);
  },
  'sends an error without an end': (_request, response) => {
    response.writeHead(500);
    endless(
      (chunk) => response.write(chunk),
      () => response.destroyed,
      5,
    );
  },
  'redirects to itself': (request, response) =>
    response.writeHead(307, { location: request.url ?? '/' }).end(),
  'redirects to a metadata address': (_request, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  'sends a gzip bomb with an error': (_request, response) =>
    response.writeHead(500, { 'content-encoding': 'gzip' }).end(GZIP_BOMB),
  'asks for a pause': (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end(),
  'speaks something else': (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
};

describe('nothing is lost when the receiver, at its first sight of a message,', () => {
  it.each(Object.entries(MISDEEDS))('%s', async (_name, misdeed) => {
    await stage.subscribe();
    stage.ledger.answers((request, response, isRepeated) =>
      (isRepeated ? ok : misdeed)(request, response, isRepeated),
    );
    for (let count = 0; count < 5; count++) await stage.change();
    await stage.complete();
    const { accepted, lost, ambiguous, duplicates } = stage.ledger.account();
    expect({ accepted, lost, ambiguous, duplicates }).toEqual({
      accepted: 5,
      lost: [],
      ambiguous: [],
      duplicates: 0,
    });
  });
});

describe('a receiver that answers with success and a body without an end', () => {
  it('is taken at its word, once, and the gateway does not grow with it', async () => {
    await stage.subscribe();
    stage.ledger.answers((_request, response) => {
      response.writeHead(200);
      endless(
        (chunk) => response.write(chunk),
        () => response.destroyed,
        1,
      );
    });
    for (let count = 0; count < 20; count++) await stage.change();
    let log: { deliveries: { state: string; attempts: number }[] } = { deliveries: [] };
    const [webhook] = (await stage.gateway.call<{ webhooks: { webhook_id: number }[] }>('get_webhooks'))
      .webhooks;
    while (log.deliveries.length < 20 || log.deliveries.some(({ state }) => state !== 'delivered')) {
      await pause(100);
      log = await stage.gateway.call('get_deliveries', { webhook_id: webhook?.webhook_id });
    }
    expect(new Set(log.deliveries.map(({ attempts }) => attempts))).toEqual(new Set([1]));
  });
});
