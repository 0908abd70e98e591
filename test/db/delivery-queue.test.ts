import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLAIM } from '../../src/delivery/claim-query.js';
import { RELAY } from '../../src/delivery/relay-query.js';
import type { ClaimedDelivery } from '../../src/delivery/claimed-delivery.js';
import { deliveryRig, RIG_SETTINGS, type Rig } from '../harness/delivery-rig.js';
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

const relay = () => rig.db.query<{ events: number; deliveries: number }>(RELAY, [100]);
const claim = (last: number, limit: number, cap: number, leaseMs = 60_000) =>
  rig.db.query<ClaimedDelivery>(CLAIM, [last, limit, cap, crypto.randomUUID(), leaseMs, 10, ['webhook']]);
const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);
const queue = (webhookId: number, count: number) =>
  rig.db.query(
    `INSERT INTO delivery (event_id, event_occurred_at, event_type, webhook_id, state, next_attempt_at)
     SELECT e.event_id, e.occurred_at, e.type, $1, 'pending', now()
       FROM (SELECT * FROM event ORDER BY event_id DESC LIMIT 1) e, generate_series(1, $2)`,
    [webhookId, count],
  );

describe('the relay', () => {
  it('makes one delivery for each subscription, and nothing more when it runs again', async () => {
    await rig.subscribe({ url: receiver.url });
    await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await rig.happen();
    expect(await relay()).toEqual([{ events: 2, deliveries: 4 }]);
    expect(await relay()).toEqual([{ events: 0, deliveries: 0 }]);
    expect(await rig.states()).toEqual(['pending', 'pending', 'pending', 'pending']);
  });

  it('does not double anything when several run at once', async () => {
    await rig.subscribe({ url: receiver.url });
    for (let count = 0; count < 30; count++) await rig.happen();
    const results = await Promise.all([relay(), relay(), relay(), relay()]);
    expect(results.flat().reduce((sum, { deliveries }) => sum + deliveries, 0)).toBe(30);
    expect(await rig.states()).toHaveLength(30);
  });

  it('is woken by a process that does not deliver itself', async () => {
    const writer = await rig.another();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const begun = performance.now();
    await writer.deliveries.ping(1, { caller: { userId: 1, username: 'admin' }, requestId: null });
    const [, ping] = await receiver.has(2);
    // Polling alone would take half a second on average.
    expect((ping?.at ?? Infinity) - begun).toBeLessThan(400);
  });

  it('knows nothing of an event whose transaction was rolled back', async () => {
    await rig.subscribe({ url: receiver.url });
    const failing = rig.db.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO outbox (event_id, occurred_at, type, group_ids) VALUES (1, now(), 'repo.created', '{}')`,
      );
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await relay()).toEqual([{ events: 0, deliveries: 0 }]);
  });
});

describe('claiming', () => {
  it('visits subscriptions in turn and gives none more than its cap', async () => {
    const hooks: number[] = [];
    for (let count = 0; count < 10; count++)
      hooks.push((await rig.subscribe({ url: receiver.url })).webhookId);
    await rig.happen();
    const [noisy = 0, ...others] = hooks;
    await queue(noisy, 500);
    for (const webhookId of others) await queue(webhookId, 3);

    const first = await claim(0, 8, 2);
    expect(countsOf(first)).toEqual({
      [noisy]: 2,
      [hooks[1] ?? 0]: 2,
      [hooks[2] ?? 0]: 2,
      [hooks[3] ?? 0]: 2,
    });
    const second = await claim(hooks[3] ?? 0, 12, 2);
    expect(Object.keys(countsOf(second)).map(Number)).toEqual(hooks.slice(4));
    // All are at their caps now, and each caller skips what others hold.
    expect(await claim(0, 100, 2)).toEqual([]);
  });

  it('begins again from the first subscription after the last one', async () => {
    const { webhookId: first } = await rig.subscribe({ url: receiver.url });
    const { webhookId: second } = await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await queue(first, 1);
    await queue(second, 1);
    expect((await claim(first, 1, 5)).map(({ webhook_id }) => webhook_id)).toEqual([second]);
    expect((await claim(second, 1, 5)).map(({ webhook_id }) => webhook_id)).toEqual([first]);
  });

  it('leaves alone what is not due and what belongs to an inactive subscription', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    const { webhookId: inactive } = await rig.subscribe({ url: receiver.url, active: false });
    await rig.happen();
    await queue(webhookId, 1);
    await queue(inactive, 1);
    await rig.db.query(
      `UPDATE delivery SET next_attempt_at = now() + interval '1 hour' WHERE webhook_id = $1`,
      [webhookId],
    );
    expect(await claim(0, 10, 5)).toEqual([]);
  });

  it('gives no delivery to two of many workers', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await queue(webhookId, 200);
    const claims = await Promise.all(Array.from({ length: 6 }, () => claim(0, 50, 1_000)));
    const claimed = claims.flat().map(({ delivery_id }) => delivery_id);
    expect(new Set(claimed).size).toBe(claimed.length);
  });
});

describe('workers', () => {
  it('deliver everything exactly once when nobody crashes, however many there are', async () => {
    const second = await rig.another();
    const third = await rig.another();
    const hooks = await Promise.all([1, 2, 3].map(() => rig.subscribe({ url: receiver.url })));
    for (const process of [rig, second, third]) process.start();
    for (let count = 0; count < 60; count++) await rig.happen();
    await rig.settled();
    expect(ids()).toHaveLength(60 * hooks.length);
    expect(new Set(ids()).size).toBe(60 * hooks.length);
    expect(new Set(await rig.states())).toEqual(new Set(['delivered']));
  });

  it('resume what a dead worker had claimed once its lease has run out, and say so', async () => {
    await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await relay();
    // A worker that claims and is never heard of again.
    expect(await claim(0, 10, 5, 300)).toHaveLength(1);
    rig.start();
    await receiver.has(1);
    await rig.settled();
    const { items } = await rig.deliveries.list();
    const { delivery, attempts } = await rig.deliveries.get(items[0]?.deliveryId ?? 0);
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(attempts.map(({ number, outcome, code }) => [number, outcome, code])).toEqual([
      [1, 'local_fault', 'LEASE_EXPIRED'],
      [2, 'delivered', 'HTTP_200'],
    ]);
    expect(await rig.registry.getSingleMetricAsString('forgegate_delivery_leases_expired_total')).toMatch(
      / 1$/m,
    );
  });

  it('keep the lease of a call that lasts longer than the lease', async () => {
    receiver.answer = (_received, response) => void setTimeout(() => response.end(), 1_800);
    const second = await rig.another({ deliveryLeaseMs: 600 });
    const first = await rig.another({ deliveryLeaseMs: 600 });
    await rig.subscribe({ url: receiver.url });
    first.start();
    second.start();
    await rig.happen();
    await rig.settled();
    expect(ids()).toHaveLength(1);
    expect(await rig.states()).toEqual(['delivered']);
  });

  it('keep the leases of other calls while the result of one is being written', async () => {
    const answers: (() => void)[] = [];
    receiver.answer = (_received, response) => void answers.push(() => response.end());
    const worker = await rig.another({ deliveryLeaseMs: 600 });
    await rig.subscribe({ url: receiver.url });
    worker.start();
    await rig.happen();
    await rig.happen();
    await receiver.has(2);
    const leases = async () =>
      (
        await rig.db.query<{ lease_until: Date }>(
          'SELECT lease_until FROM delivery_open ORDER BY delivery_id',
        )
      ).map(({ lease_until }) => lease_until.getTime());
    const [written, other] = await leases();
    await rig.db.transaction(async (writing) => {
      await writing.query('SELECT FROM delivery_open ORDER BY delivery_id LIMIT 1 FOR UPDATE');
      await vi.waitUntil(async () => (await leases())[1] !== other, { timeout: 5_000 });
      expect((await leases())[0]).toBe(written);
    });
    for (const answer of answers) answer();
    await rig.settled();
    expect(await rig.states()).toEqual(['delivered', 'delivered']);
  });

  it('hold neither a connection of the database nor a transaction while they call', async () => {
    const answers: (() => void)[] = [];
    receiver.answer = (_received, response) => answers.push(() => response.end());
    const { webhookId } = await rig.subscribe({ url: receiver.url, maxInFlight: 100 });
    await rig.happen();
    await queue(webhookId, 15);
    rig.start();
    // Twice as many as the pool has connections
    await receiver.has(RIG_SETTINGS.deliveryConcurrency);
    const openTransactions = () =>
      rig.db.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
      );
    await expect.poll(openTransactions).toEqual([]);
    receiver.answer = (_received, response) => response.end();
    for (const answer of answers) answer();
    await rig.settled();
  });

  it('write nothing when their claim was lost in the meantime', async () => {
    let answer: () => void = () => undefined;
    receiver.answer = (_received, response, count) => {
      if (count === 1) answer = () => response.writeHead(500).end();
      else response.end();
    };
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    // As if the lease had run out while this process was frozen, and another one had delivered.
    await rig.db.query(
      `UPDATE delivery SET state = 'delivered', claim_id = NULL, completed_at = now() WHERE state = 'leased'`,
    );
    answer();
    await rig.happen();
    await receiver.has(2);
    await rig.settled();
    const { items } = await rig.deliveries.list();
    expect(items.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect((await rig.deliveries.get(items[1]?.deliveryId ?? 0)).attempts).toEqual([]);
  });

  it('give leases back at once when they are stopped', async () => {
    receiver.answer = (_received, response, count) => {
      if (count > 1) response.end();
    };
    const stopping = await rig.another({ deliveryLeaseMs: 60_000, deliveryTimeoutMs: 60_000 });
    await rig.subscribe({ url: receiver.url });
    stopping.start();
    await rig.happen();
    await receiver.has(1);
    const begun = performance.now();
    await stopping.stop();
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await rig.states()).toEqual(['pending']);
    const { items } = await rig.deliveries.list();
    expect(items[0]).toMatchObject({ attempts: 0, outcome: null });
    rig.start();
    await receiver.has(2);
    await rig.settled();
    expect(new Set(ids()).size).toBe(1);
  });

  it('let what runs finish when they are stopped', async () => {
    receiver.answer = (_received, response) => void setTimeout(() => response.end(), 300);
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await rig.stop();
    expect(await rig.states()).toEqual(['delivered']);
  });

  it('keep one slow receiver from delaying the others', async () => {
    receiver.answer = (received, response) => {
      if (received.path === '/slow') setTimeout(() => response.end(), 1_500);
      else response.end();
    };
    const slow = await rig.subscribe({ url: receiver.url.replace('/hook', '/slow') });
    const fast = await rig.subscribe({ url: receiver.url });
    await rig.happen();
    await queue(slow.webhookId, 100);
    await queue(fast.webhookId, 100);
    rig.start();
    await expect
      .poll(() => receiver.received.filter(({ path }) => path === '/hook').length, {
        timeout: 1_400,
        interval: 5,
      })
      .toBeGreaterThanOrEqual(101);
    expect(receiver.received.filter(({ path }) => path === '/slow').length).toBeLessThanOrEqual(4);
  });

  it('count what they do', async () => {
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    const text = await rig.registry.metrics();
    expect(text).toContain('forgegate_delivery_attempts_total{adapter="webhook",outcome="delivered"} 1');
    expect(text).toContain('forgegate_delivery_end_to_end_seconds_count 1');
    expect(text).toContain('forgegate_delivery_claim_batch_size_count 1');
  });
});

function countsOf(rows: readonly ClaimedDelivery[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { webhook_id } of rows) counts[webhook_id] = (counts[webhook_id] ?? 0) + 1;
  return counts;
}
