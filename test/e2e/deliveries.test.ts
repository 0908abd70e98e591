import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeliveryRecovery } from '../../src/delivery/delivery-recovery.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

interface Delivery {
  delivery_id: number;
  event_id: number;
  event_type: string;
  webhook_id: number;
  state: string;
  message_id: string;
  created_on: string;
}

let gateway: TestGateway;
let receiver: WebhookReceiver;
let database: pg.Client;
const webhooks = {} as Record<'all' | 'one' | 'team', number>;

/** `one` and `team/two` were created and described: what is told of `two` is refused by the receiver. */
beforeAll(async () => {
  gateway = await startTestGateway();
  database = new pg.Client(gateway.settings.databaseUrl as string);
  await database.connect();
  receiver = await WebhookReceiver.start();
  receiver.answer = ({ body }, response) => response.writeHead(body.includes('team/two') ? 422 : 204).end();
  await gateway.call('create_repo_group', { group_name: 'team' });
  const subscribe = async (name: keyof typeof webhooks, more: object) => {
    const made = await gateway.call<{ webhook_id: number }>('create_webhook', {
      url: receiver.url,
      event_types: ['repo.*'],
      retry_schedule: [],
      ...more,
    });
    webhooks[name] = made.webhook_id;
  };
  await subscribe('all', {});
  await subscribe('team', { repogroupid: 'team' });
  await gateway.call('create_repo', { repo_name: 'one', repo_type: 'git' });
  await gateway.call('create_repo', { repo_name: 'team/two', repo_type: 'git' });
  await subscribe('one', { repoid: 'one' });
  for (const repoid of ['one', 'team/two'])
    await gateway.call('update_repo', { repoid, description: 'in other words' });
  await receiver.has(7);
  await settled();
});
afterAll(async () => {
  await database.end();
  await gateway.close();
  await receiver.close();
});

const log = async (filter: object = {}) =>
  (await gateway.call<{ deliveries: Delivery[]; next: number | null }>('get_deliveries', filter)).deliveries;
const count = async (filter: object) => (await log({ limit: 1000, ...filter })).length;

async function settled(): Promise<void> {
  while ((await count({ state: 'pending' })) + (await count({ state: 'leased' })) > 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the log of deliveries', () => {
  it('shows the newest first, all of them', async () => {
    const all = await log();
    expect(all.map(({ delivery_id }) => delivery_id)).toEqual(
      all.map(({ delivery_id }) => delivery_id).toSorted((a, b) => b - a),
    );
    expect(all).toHaveLength(7);
  });

  it.each([
    ['webhook', () => ({ webhook_id: webhooks.one }), 1],
    ['webhooks of a repository', () => ({ repoid: 'one' }), 1],
    ['webhooks of a group', () => ({ repogroupid: 'team' }), 2],
    ['type', () => ({ event_type: 'repo.created' }), 3],
    ['types', () => ({ event_type: 'repo.*' }), 7],
    ['a type that looks alike', () => ({ event_type: 'repo_created' }), 0],
    ['repository of the event', () => ({ event_repoid: 'team/two' }), 4],
    ['state', () => ({ state: 'failed' }), 4],
    ['all at once', () => ({ webhook_id: webhooks.all, event_repoid: 'one', state: 'delivered' }), 2],
    ['what comes later', () => ({ since: '2100-01-01T00:00:00Z' }), 0],
    ['what came before', () => ({ until: '2000-01-01T00:00:00Z' }), 0],
    ['a time between', () => ({ since: '2000-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' }), 7],
  ])('is filtered by %s', async (_what, filter, expected) => {
    expect(await count(filter())).toBe(expected);
  });

  it('is filtered by event', async () => {
    const [{ event_id } = { event_id: 0 }] = await log({ repoid: 'one' });
    expect(new Set((await log({ event_id })).map(({ webhook_id }) => webhook_id))).toEqual(
      new Set([webhooks.all, webhooks.one]),
    );
  });

  it('comes in pages that leave nothing out', async () => {
    const seen: number[] = [];
    let cursor: number | null = null;
    do {
      const page: { deliveries: Delivery[]; next: number | null } = await gateway.call('get_deliveries', {
        limit: 3,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.deliveries.map(({ delivery_id }) => delivery_id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual((await log()).map(({ delivery_id }) => delivery_id));
  });
});

describe('recovery', () => {
  it('sends again what is asked for, under its old id, and counts it', async () => {
    const before = await log({ state: 'failed', webhook_id: webhooks.team });
    const seen = receiver.received.length;
    expect(
      await gateway.call('recover_deliveries', { repogroupid: 'team', event_type: 'repo.updated' }),
    ).toMatchObject({ recovered: 1 });
    await settled();
    const again = receiver.received.slice(seen);
    const updated = before.find(({ event_type }) => event_type === 'repo.updated');
    expect(again.map(({ headers }) => headers['webhook-id'])).toEqual([updated?.message_id]);
  });

  it('does not send twice what it sent, when it was broken off and begins anew', async () => {
    const recovery = gateway.app.get(DeliveryRecovery);
    const filter = {
      webhookIds: [webhooks.team],
      states: ['failed'],
      eventType: null,
      since: null,
      until: null,
      endedBy: new Date(),
    } as const;
    expect(await recovery.recover(filter, 0, 500)).toMatchObject({ sent: 2 });
    await settled();
    expect(await count({ state: 'failed', webhook_id: webhooks.team })).toBe(2);
    expect(await recovery.recover(filter, 0, 500)).toMatchObject({ sent: 0, last: null });
  });

  it('stops between two batches when it is cancelled', async () => {
    await gateway.call('update_webhook', { webhook_id: webhooks.one, active: false });
    await database.query(
      `INSERT INTO delivery (event_id, event_occurred_at, event_type, webhook_id, state, attempts, completed_at)
       SELECT d.event_id, d.event_occurred_at, d.event_type, d.webhook_id, 'failed', 1, now()
         FROM delivery d, generate_series(1, 1400) n WHERE d.webhook_id = $1`,
      [webhooks.one],
    );
    await database.query('BEGIN');
    await database.query(
      `SELECT FROM delivery WHERE delivery_id = (
         SELECT delivery_id FROM delivery WHERE webhook_id = $1 AND state = 'failed' ORDER BY 1 OFFSET 700 LIMIT 1)
       FOR UPDATE`,
      [webhooks.one],
    );
    const { job_id } = await gateway.call<{ job_id: number }>('recover_deliveries', {
      webhook_id: webhooks.one,
      wait: false,
    });
    const job = () =>
      gateway.call<{ state: string; progress: object | null; cancel_requested: boolean }>('get_job', {
        job_id,
      });
    while ((await job()).progress === null) await new Promise((resolve) => setTimeout(resolve, 10));
    const cancelled = gateway.call('cancel_job', { job_id });
    while (!(await job()).cancel_requested) await new Promise((resolve) => setTimeout(resolve, 10));
    await database.query('COMMIT');
    await cancelled;
    expect(await job()).toMatchObject({
      state: 'cancelled',
      progress: { done: 1000, total: 1400, text: 'deliveries sent again' },
    });
    const { rows } = await database.query(
      `SELECT state, count(*)::int AS count FROM delivery WHERE webhook_id = $1 AND state <> 'delivered'
        GROUP BY state ORDER BY state`,
      [webhooks.one],
    );
    expect(rows).toEqual([
      { state: 'failed', count: 400 },
      { state: 'held', count: 1000 },
    ]);
  });
});
