import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Partitions } from '../../src/delivery/partitions.js';
import { deliveryRig, type Rig } from '../harness/delivery-rig.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

const DAY_MS = 86_400_000;
let rig: Rig;
let receiver: WebhookReceiver;
let partitions: Partitions;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  rig = await deliveryRig();
  partitions = new Partitions(rig.db);
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

const where = (table: string) =>
  rig.db.query<{ partition: string }>(`SELECT tableoid::regclass::text AS partition FROM ${table}`);
const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');
const count = async () => {
  const [row] = await rig.db.query<{ n: number }>(
    `SELECT count(*) AS n FROM pg_class WHERE relname ~ '^(event|delivery_closed|attempt)_p\\d{8}$'`,
  );
  return row?.n;
};
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

describe('day partitions', () => {
  it('are there from the migration on, for today and a week ahead, and take what comes', async () => {
    expect(await count()).toBe(3 * 8);
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await rig.settled();
    expect(await where('event')).toEqual([{ partition: `event_p${today()}` }]);
    expect(await where('delivery')).toEqual([{ partition: `delivery_closed_p${today()}` }]);
    expect(await where('attempt')).toEqual([{ partition: `attempt_p${today()}` }]);
  });

  it('are made for the days that follow, by several processes at once and again without harm', async () => {
    await Promise.all([partitions.createAhead(inDays(2)), partitions.createAhead(inDays(2))]);
    await partitions.createAhead(inDays(2));
    expect(await count()).toBe(3 * 10);
    const bounds = await rig.db.query<{ bound: string }>(
      `SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class WHERE relname = $1`,
      [`event_p${inDays(9).toISOString().slice(0, 10).replaceAll('-', '')}`],
    );
    const [from, to] = [...(bounds[0]?.bound ?? '').matchAll(/'([^']+)'/g)].map(
      ([, text]) => new Date(text ?? ''),
    );
    expect(from?.toISOString()).toBe(`${inDays(9).toISOString().slice(0, 10)}T00:00:00.000Z`);
    expect((to?.getTime() ?? 0) - (from?.getTime() ?? 0)).toBe(DAY_MS);
  });

  it('leave a day alone that has begun in the default partition', async () => {
    await rig.db.query(`DROP TABLE event_p${today()}`);
    await rig.happen();
    expect(await where('event')).toEqual([{ partition: 'event_default' }]);
    await partitions.createAhead(new Date());
    expect(await where('event')).toEqual([{ partition: 'event_default' }]);
    await partitions.dropExpired(inDays(40), 30);
    expect(await where('event')).toHaveLength(1);
    await rig.db.query('DELETE FROM outbox');
    await partitions.dropExpired(inDays(40), 30);
    expect(await where('event')).toEqual([]);
  });

  it('keep unfinished deliveries apart from them', async () => {
    receiver.answer = (_received, response) => response.writeHead(503, { 'retry-after': '60' }).end();
    await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await expect.poll(async () => (await rig.deliveries.list()).items[0]?.code).toBe('HTTP_503');
    expect(await where('delivery')).toEqual([{ partition: 'delivery_open' }]);
  });

  it('are dropped when they are old, but not while an unfinished delivery needs them', async () => {
    await rig.subscribe({ url: receiver.url });
    const begin = await rig.another({ deliveryRetryScheduleS: [3_600] });
    receiver.answer = (_received, response, count) => response.writeHead(count === 1 ? 500 : 200).end();
    begin.start();
    await rig.happen();
    await receiver.has(1);
    await expect.poll(async () => (await rig.deliveries.list()).items[0]?.code).toBe('HTTP_500');

    // In forty days everything made so far is old; the delivery still waits for its second attempt.
    const dropped = await partitions.dropExpired(inDays(40), 30);
    expect(dropped).toContain(`delivery_closed_p${today()}`);
    expect(dropped).not.toContain(`event_p${today()}`);
    expect(dropped).not.toContain(`attempt_p${today()}`);
    expect(dropped).toHaveLength(3 * 8 - 2);

    await rig.db.query(`UPDATE delivery SET next_attempt_at = now() WHERE state = 'pending'`);
    await rig.settled();
    expect(await partitions.dropExpired(inDays(40), 30)).toEqual([
      `event_p${today()}`,
      `attempt_p${today()}`,
    ]);
    expect(await rig.db.query('SELECT 1 FROM event')).toEqual([]);
    expect(await rig.db.query('SELECT 1 FROM delivery')).toEqual([]);
  });

  it('leave what retention does not reach', async () => {
    await rig.happen();
    expect(await partitions.dropExpired(inDays(29), 30)).toEqual([]);
    expect(await rig.db.query('SELECT 1 FROM event')).toHaveLength(1);
  });
});
