import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventContract } from '../../src/events/catalogue.js';
import { contractViolation } from '../../src/events/event-validator.js';
import { deliveryRig, type Rig } from '../harness/delivery-rig.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

let rig: Rig;
let receiver: WebhookReceiver;
let watcher: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  watcher = await WebhookReceiver.start();
  rig = await deliveryRig();
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
  await watcher.close();
});

const failing = () => {
  receiver.answer = (_received, response) => response.writeHead(500).end();
};
const working = () => {
  receiver.answer = (_received, response) => response.end();
};
/** As if it had failed so often and for so long. */
const age = (webhookId: number, days: number, failures: number) =>
  rig.db.query(
    `UPDATE webhook SET failing_since = now() - $2::int * interval '1 day', failures = $3 WHERE webhook_id = $1`,
    [webhookId, days, failures],
  );
const told = () =>
  watcher.received.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });

async function watched() {
  const { webhookId } = await rig.subscribe({ url: receiver.url, repoId: 42, description: 'CI' });
  await rig.subscribe({ url: watcher.url, eventTypes: ['webhook.*'] });
  return webhookId;
}

describe('a subscription that keeps failing', () => {
  it('is warned of, disabled after five days, held meanwhile, and its recovery is told', async () => {
    failing();
    const webhookId = await watched();
    rig.start();
    await age(webhookId, 3, 10);
    await rig.happen();
    await rig.settled();
    await age(webhookId, 4, 18);
    await rig.happen();
    await rig.settled();
    await age(webhookId, 5, 30);
    await rig.happen();
    await expect.poll(async () => (await rig.subscriptions.get(webhookId)).active).toBe(false);
    await rig.settled();
    const { disabledReason, disabledAt } = await rig.subscriptions.get(webhookId);
    expect(disabledReason).toMatch(/^nothing succeeded since .*Z, in 31 attempts$/);
    expect(Math.abs((disabledAt?.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
    await rig.happen();
    await expect.poll(async () => (await rig.states()).filter((state) => state === 'held').length).toBe(2);

    working();
    await rig.subscriptions.update(webhookId, { active: true, held: 'all' });
    await receiver.has(receiver.received.length + 2);
    await rig.settled();
    const events = told();
    const types = events.map(({ type }) => type).filter((type) => type !== 'webhook.exhausted');
    expect(types).toEqual(['webhook.warned', 'webhook.warned', 'webhook.disabled', 'webhook.recovered']);
    for (const { type, data } of events) {
      const { event_id: _id, actor, request_id: _request, ...own } = data;
      expect(actor).toEqual({ user_id: null, username: 'forgegate' });
      expect(own).toMatchObject({ webhook: { webhook_id: webhookId, description: 'CI' } });
      const contract = eventContract(type);
      expect(contract && contractViolation(contract, own)).toBeNull();
    }
    expect(events.flatMap(({ data }) => data.percent ?? [])).toEqual([50, 80]);
    expect((await rig.subscriptions.get(webhookId)).endpoint.failingSince).toBeNull();
  });

  it('is disabled at once by 410, which is told', async () => {
    receiver.answer = (_received, response) => response.writeHead(410).end();
    const webhookId = await watched();
    rig.start();
    await rig.happen();
    await watcher.has(1);
    expect(told()).toMatchObject([
      { type: 'webhook.disabled', data: { cause: 'gone', webhook: { webhook_id: webhookId } } },
    ]);
    await rig.settled();
    expect((await rig.subscriptions.get(webhookId)).active).toBe(false);
  });

  it('has each delivery told of that is given up', async () => {
    failing();
    const webhookId = await watched();
    rig.start();
    const eventId = await rig.happen();
    await watcher.has(1);
    expect(told()).toMatchObject([
      {
        type: 'webhook.exhausted',
        data: {
          webhook: { webhook_id: webhookId },
          delivery: {
            event_id: eventId,
            event_type: 'repo.created',
            state: 'failed',
            attempts: 4,
            code: 'HTTP_500',
          },
        },
      },
    ]);
    await rig.settled();
  });

  it('is not told of itself, and what fails to be told is not told of again', async () => {
    failing();
    watcher.answer = (_received, response) => response.writeHead(500).end();
    await rig.subscribe({ url: receiver.url });
    await rig.subscribe({ url: watcher.url, eventTypes: ['webhook.*'] });
    await rig.subscribe({ url: watcher.url, eventTypes: ['webhook.*'] });
    rig.start();
    await rig.happen();
    await rig.settled();
    const rows = await rig.db.query<{ type: string }>('SELECT type FROM event ORDER BY event_id');
    expect(rows.map(({ type }) => type)).toEqual(['repo.created', 'webhook.exhausted']);
  });

  it('is not charged with faults and policy of the gateway', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    const strict = await deliveryRig({}, []);
    try {
      await strict.subscribe({ url: 'http://8.8.8.8/' });
      await strict.db.query('UPDATE webhook SET url = $1, updated_at = now()', [receiver.url]);
      strict.start();
      for (let count = 0; count < 12; count++) await strict.happen();
      await strict.settled();
      expect((await strict.subscriptions.get(1)).endpoint).toMatchObject({ failures: 0, failuresInRow: 0 });
    } finally {
      await strict.close();
    }
    await rig.happen();
    await rig.db.query('CREATE TABLE aside AS SELECT * FROM event');
    await rig.db.query('DELETE FROM event');
    rig.start();
    await expect.poll(async () => (await rig.deliveries.list()).items[0]?.code).toBe('EVENT_MISSING');
    expect((await rig.subscriptions.get(webhookId)).endpoint).toMatchObject({
      failures: 0,
      failuresInRow: 0,
    });
  });
});

describe('enabling a subscription that holds deliveries', () => {
  const held = async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url, active: false });
    rig.start();
    await rig.happen();
    await expect.poll(() => rig.states()).toEqual(['held']);
    await rig.db.query(`UPDATE delivery SET created_at = now() - interval '2 hours'`);
    await rig.happen();
    await expect.poll(() => rig.states()).toEqual(['held', 'held']);
    return webhookId;
  };

  it('asks what becomes of them', async () => {
    const webhookId = await held();
    await expect(rig.subscriptions.update(webhookId, { active: true })).rejects.toMatchObject({
      code: 'INVALID',
      field: 'held',
      message: expect.stringContaining('holds 2 deliveries'),
    });
    expect((await rig.subscriptions.get(webhookId)).active).toBe(false);
    expect(await rig.subscriptions.openDeliveries(webhookId)).toEqual({
      pending: 0,
      in_flight: 0,
      held: 2,
      oldest_due: null,
    });
  });

  it.each([
    ['all', ['delivered', 'delivered']],
    ['none', ['cancelled', 'cancelled']],
    [new Date(Date.now() - 3_600_000), ['cancelled', 'delivered']],
  ] as const)('%s', async (choice, states) => {
    const webhookId = await held();
    await rig.subscriptions.update(webhookId, { active: true, held: choice });
    await rig.settled();
    expect(await rig.states()).toEqual(states);
  });
});
