import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractViolation } from '../../src/events/event-validator.js';
import { repoCreated } from '../../src/sdk/index.js';
import { deliveryRig, type Rig } from '../harness/delivery-rig.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

let rig: Rig;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  rig = await deliveryRig();
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

const onlyDelivery = async () => {
  const { items } = await rig.deliveries.list();
  expect(items).toHaveLength(1);
  return rig.deliveries.get(items[0]?.deliveryId ?? 0);
};

describe('a delivery', () => {
  it('arrives signed, verifies with the standardwebhooks package and keeps its contract', async () => {
    const { secret } = await rig.subscribe({ url: receiver.url, eventTypes: ['repo.*'] });
    rig.start();
    const eventId = await rig.happen();
    const [got] = await receiver.has(1);
    const headers = got?.headers as Record<string, string>;
    const event = new Webhook(secret).verify(got?.body ?? '', headers) as {
      type: string;
      timestamp: string;
      data: Record<string, unknown>;
    };
    const { event_id, actor, request_id, ...own } = event.data;
    expect(event).toMatchObject({ type: 'repo.created', version: 1 });
    expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(event.timestamp) - Date.now())).toBeLessThan(10_000);
    expect({ event_id, actor, request_id }).toEqual({
      event_id: eventId,
      actor: { user_id: 1, username: 'admin' },
      request_id: 'req-1',
    });
    expect(contractViolation(repoCreated, own)).toBeNull();
    expect(headers['content-type']).toBe('application/json');
    expect(headers['user-agent']).toMatch(/^Forgegate\/\d/);
    await rig.settled();
    const { delivery } = await onlyDelivery();
    expect(headers['webhook-id']).toBe(delivery.messageId);
  });

  it('is logged with request, capped response and timing', async () => {
    receiver.answer = (_received, response) => {
      response.setHeader('set-cookie', 'session=secret');
      response.end(`\u0000${'y'.repeat(100_000)}`);
    };
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const { delivery, body, attempts } = await onlyDelivery();
    expect(delivery).toMatchObject({
      state: 'delivered',
      attempts: 1,
      code: 'HTTP_200',
      nextAttemptAt: null,
    });
    expect(body).toBe(receiver.received[0]?.body);
    expect(attempts).toMatchObject([
      { number: 1, outcome: 'delivered', code: 'HTTP_200', status: 200, responseTruncated: true },
    ]);
    const [attempt] = attempts;
    expect(attempt?.responseBody).toHaveLength(64 * 1024);
    expect(attempt?.responseBody?.startsWith('\uFFFDy')).toBe(true);
    expect(attempt?.requestHeaders?.['webhook-id']).toBe(delivery.messageId);
    expect(attempt?.responseHeaders?.['set-cookie']).toBe('[redacted]');
    expect(attempt?.timing).toMatchObject({ connect_ms: expect.any(Number), total_ms: expect.any(Number) });
  });

  it('is tried again by the schedule, each time under the same id with a fresh timestamp, until it is given up', async () => {
    receiver.answer = (_received, response) => response.writeHead(500).end();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const { delivery, attempts } = await onlyDelivery();
    expect(delivery).toMatchObject({ state: 'failed', attempts: 4, code: 'HTTP_500', status: 500 });
    expect(attempts.map(({ number, nextAttemptAt }) => [number, nextAttemptAt !== null])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([delivery.messageId]),
    );
    const gaps = receiver.received.slice(1).map(({ at }, index) => at - (receiver.received[index]?.at ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(0.8 * 50);
  });

  it('waits as long as the receiver asks', async () => {
    receiver.answer = (_received, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await expect.poll(async () => (await onlyDelivery()).delivery.state).toBe('pending');
    const { delivery } = await onlyDelivery();
    const wait = (delivery.nextAttemptAt?.getTime() ?? 0) - Date.now();
    expect(wait).toBeGreaterThan(3_590_000);
    expect(wait).toBeLessThanOrEqual(3_600_000);
  });

  it('does not follow a redirect and counts it as a failure', async () => {
    receiver.answer = (received, response) => {
      if (received.path === '/elsewhere') response.end();
      else response.writeHead(307, { location: '/elsewhere' }).end();
    };
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    expect((await onlyDelivery()).delivery).toMatchObject({ state: 'failed', code: 'HTTP_307' });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook', '/hook']);
  });

  it('ends for good with 410, disables the subscription with a reason and holds what else was on its way', async () => {
    receiver.answer = (_received, response, count) => response.writeHead(count === 1 ? 500 : 410).end();
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    const slow = await rig.another({ deliveryRetryScheduleS: [3_600] });
    slow.start();
    await rig.happen();
    await receiver.has(1);
    await rig.happen();
    await expect.poll(async () => (await rig.states()).sort()).toEqual(['gone', 'held']);
    const subscription = await rig.subscriptions.get(webhookId);
    expect(subscription.active).toBe(false);
    expect(subscription.disabledReason).toContain('gone');

    receiver.answer = (_received, response) => response.end();
    await rig.subscriptions.update(webhookId, { active: true, held: 'all' });
    await expect.poll(async () => (await rig.states()).sort()).toEqual(['delivered', 'gone']);
    expect((await rig.subscriptions.get(webhookId)).disabledReason).toBeNull();
  });

  it('survives an endless answer', async () => {
    receiver.answer = (_received, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', write);
      write();
    };
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const { delivery, attempts } = await onlyDelivery();
    expect(delivery.state).toBe('delivered');
    expect(attempts[0]?.responseBody).toHaveLength(64 * 1024);
  });

  it('times out a receiver that never answers, and goes on', async () => {
    receiver.answer = (_received, response, count) => {
      if (count > 1) response.end();
    };
    const impatient = await rig.another({ deliveryTimeoutMs: 100 });
    await rig.subscribe({ url: receiver.url });
    impatient.start();
    await rig.happen();
    await rig.settled();
    const { delivery, attempts } = await onlyDelivery();
    expect(delivery.state).toBe('delivered');
    expect(attempts.map(({ code }) => code)).toEqual(['TIMEOUT', 'HTTP_200']);
  });

  it('can be sent again under its old id, whatever became of it', async () => {
    receiver.answer = (_received, response, count) => response.writeHead(count <= 4 ? 503 : 200).end();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const { delivery } = await onlyDelivery();
    expect(delivery.state).toBe('failed');
    expect((await rig.deliveries.redeliver(delivery.deliveryId)).state).toBe('pending');
    await rig.settled();
    await rig.deliveries.redeliver(delivery.deliveryId);
    await rig.settled();
    const after = await onlyDelivery();
    expect(after.delivery).toMatchObject({ state: 'delivered', attempts: 6 });
    expect(after.attempts.map(({ code }) => code)).toEqual([
      'HTTP_503',
      'HTTP_503',
      'HTTP_503',
      'HTTP_503',
      'HTTP_200',
      'HTTP_200',
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('looks again for an event that it does not see, and gives up only when retention may have taken it', async () => {
    await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await rig.db.query('CREATE TABLE aside AS SELECT * FROM event');
    await rig.db.query('DELETE FROM event');
    rig.start();
    await expect.poll(async () => (await onlyDelivery()).delivery.code).toBe('EVENT_MISSING');
    expect((await onlyDelivery()).delivery).toMatchObject({ state: 'pending', outcome: 'local_fault' });
    await rig.db.query('INSERT INTO event SELECT * FROM aside');
    await rig.db.query('UPDATE delivery SET next_attempt_at = now()');
    await rig.settled();
    expect((await onlyDelivery()).delivery.state).toBe('delivered');

    await rig.stop();
    const forgetful = await rig.another({ retentionDays: 0 });
    await rig.happen();
    await rig.db.query('DELETE FROM event');
    forgetful.start();
    await rig.settled();
    expect((await rig.deliveries.list()).items[0]).toMatchObject({
      state: 'rejected',
      code: 'EVENT_EXPIRED',
    });
  });

  it('cannot be sent again before it is finished, nor when it does not exist', async () => {
    receiver.answer = (_received, response) => response.writeHead(429, { 'retry-after': '60' }).end();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await expect.poll(async () => (await onlyDelivery()).delivery.state).toBe('pending');
    const { delivery } = await onlyDelivery();
    await expect(rig.deliveries.redeliver(delivery.deliveryId)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(rig.deliveries.redeliver(999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a private address', () => {
  it('is refused when saved, and blocked without dialling when it became one later', async () => {
    const strict = await deliveryRig({}, []);
    try {
      await expect(strict.subscribe({ url: receiver.url })).rejects.toMatchObject({
        code: 'INVALID',
        field: 'url',
        message: expect.stringContaining('FORGEGATE_ALLOW_PRIVATE_NETWORKS'),
      });
      const { webhookId } = await strict.subscribe({ url: 'http://8.8.8.8/' });
      await strict.db.query('UPDATE webhook SET url = $1, updated_at = now()', [receiver.url]);
      strict.start();
      await strict.happen();
      await strict.settled();
      await strict.deliveries.ping(webhookId, { caller: { userId: 1, username: 'admin' }, requestId: null });
      await strict.settled();
      expect(await strict.states()).toEqual(['blocked', 'blocked']);
      const { items } = await strict.deliveries.list();
      expect(items[0]).toMatchObject({ code: 'ADDRESS_BLOCKED' });
      expect(items[0]?.reason).toContain('FORGEGATE_ALLOW_PRIVATE_NETWORKS');
      expect(strict.http.dials).toBe(0);
      expect(receiver.received).toEqual([]);
    } finally {
      await strict.close();
    }
  });
});
