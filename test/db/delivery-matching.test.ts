import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Janitor } from '../../src/delivery/janitor.js';
import { RELAY } from '../../src/delivery/relay-query.js';
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

const subscribe = async (input: Parameters<Rig['subscribe']>[0] | object) =>
  (await rig.subscribe({ url: receiver.url, ...input })).webhookId;
/** Who gets an event of this place. */
const recipients = async (where: Parameters<Rig['happen']>[0]) => {
  const eventId = await rig.happen(where);
  await rig.db.query(RELAY, [100]);
  const { items } = await rig.deliveries.list({ eventId });
  return items.map(({ webhookId }) => webhookId).sort((a, b) => a - b);
};

describe('matching', () => {
  it('goes by the scope of a subscription', async () => {
    const everything = await subscribe({});
    const repo7 = await subscribe({ repoId: 7 });
    const below1 = await subscribe({ repoGroupId: 1 });
    const in1 = await subscribe({ repoGroupId: 1, recursive: false });
    const in2 = await subscribe({ repoGroupId: 2, recursive: false });
    // repository 7 in group 2, which is in group 1; repository 8 in group 1; repository 9 at the top
    expect(await recipients({ repoId: 7, groupIds: [1, 2] })).toEqual([everything, repo7, below1, in2]);
    expect(await recipients({ repoId: 8, groupIds: [1] })).toEqual([everything, below1, in1]);
    expect(await recipients({ repoId: 9 })).toEqual([everything]);
  });

  it('goes by event types, with * for any text and _ for itself', async () => {
    const all = await subscribe({ eventTypes: ['*'] });
    const repos = await subscribe({ eventTypes: ['repo.*'] });
    const created = await subscribe({ eventTypes: ['pull_request.created', '*.created'] });
    await subscribe({ eventTypes: ['pull_request.*'] });
    await subscribe({ eventTypes: ['repo.deleted'] });
    expect(await recipients({})).toEqual([all, repos, created]);
  });

  it('takes _ in a pattern for itself', async () => {
    await subscribe({ eventTypes: ['pull_request.*'] });
    await rig.db.query(
      `INSERT INTO outbox (event_id, occurred_at, type, group_ids)
       VALUES (1, now(), 'pullxrequest.created', '{}'), (2, now(), 'pull_request.created', '{}')`,
    );
    expect(await rig.db.query(RELAY, [100])).toEqual([{ events: 2, deliveries: 1 }]);
  });

  it('leaves out who subscribed after it happened', async () => {
    const eventId = await rig.happen();
    await rig.db.query(`SELECT pg_sleep(0.005)`);
    await subscribe({});
    await rig.db.query(RELAY, [100]);
    expect((await rig.deliveries.list({ eventId })).items).toEqual([]);
  });

  it('sends a ping to one subscription alone, whatever its event types are', async () => {
    await subscribe({});
    const webhookId = await subscribe({ eventTypes: ['repo.deleted'], repoId: 7, description: 'CI' });
    rig.start();
    const eventId = await rig.deliveries.ping(webhookId, {
      caller: { userId: 1, username: 'admin' },
      requestId: 'req-2',
    });
    await receiver.has(1);
    await rig.settled();
    const { items } = await rig.deliveries.list({ eventId });
    expect(items).toMatchObject([{ webhookId, eventType: 'webhook.ping', repoId: 7, state: 'delivered' }]);
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      type: 'webhook.ping',
      data: { event_id: eventId, request_id: 'req-2', webhook: { webhook_id: webhookId, description: 'CI' } },
    });
  });

  it('refuses to ping what is not active', async () => {
    const webhookId = await subscribe({ active: false });
    const ping = rig.deliveries.ping(webhookId, {
      caller: { userId: 1, username: 'admin' },
      requestId: null,
    });
    await expect(ping).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('the subscription of a deleted repository', () => {
  it('still gets what happened up to then, repo.deleted included, and nothing later', async () => {
    const own = await subscribe({ repoId: 7 });
    const other = await subscribe({ repoId: 8 });
    await rig.happen({ repoId: 7 });
    await rig.deleteRepo(7);
    await rig.db.query('SELECT pg_sleep(0.005)');
    await rig.happen({ repoId: 7 });
    rig.start();
    await rig.settled();
    const { items } = await rig.deliveries.list({ webhookIds: [own, other] });
    expect(items.map(({ eventType, state }) => [eventType, state])).toEqual([
      ['repo.deleted', 'delivered'],
      ['repo.created', 'delivered'],
    ]);
    await expect(rig.subscriptions.get(own)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await rig.subscriptions.list()).items.map(({ webhookId }) => webhookId)).toEqual([other]);
  });

  it('is purged once nothing of it is unfinished', async () => {
    const webhookId = await subscribe({ repoId: 7 });
    await rig.deleteRepo(7);
    await rig.db.query(RELAY, [100]);
    await rig.db.query(`UPDATE webhook SET retired_at = now() - interval '2 minutes'`);
    const janitor = new Janitor({ retentionDays: 30 } as never, rig.db, {} as never, {} as never);
    const left = () => rig.db.query('SELECT webhook_id FROM webhook');
    await janitor.sweep();
    expect(await left()).toEqual([{ webhook_id: webhookId }]);
    rig.start();
    await rig.settled();
    await janitor.sweep();
    expect(await left()).toEqual([]);
    expect(await rig.states()).toEqual(['delivered']);
  });

  it('has its held deliveries cancelled when it was not active', async () => {
    const webhookId = await subscribe({ repoId: 7 });
    await rig.happen({ repoId: 7 });
    await rig.db.query(RELAY, [100]);
    await rig.subscriptions.update(webhookId, { active: false });
    expect(await rig.states()).toEqual(['held']);
    await rig.deleteRepo(7);
    await new Janitor({ retentionDays: 30 } as never, rig.db, {} as never, {} as never).sweep();
    expect(await rig.states()).toEqual(['cancelled']);
  });
});

describe('an inactive subscription', () => {
  it('has held what a failed attempt put back after it was disabled', async () => {
    let answer: () => void = () => undefined;
    receiver.answer = (_received, response) =>
      (answer = () => response.writeHead(429, { 'retry-after': '60' }).end());
    const webhookId = await subscribe({});
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await rig.subscriptions.update(webhookId, { active: false });
    answer();
    await expect.poll(() => rig.states()).toEqual(['pending']);
    await new Janitor({ retentionDays: 30 } as never, rig.db, {} as never, {} as never).sweep();
    expect(await rig.states()).toEqual(['held']);
  });
});

describe('deleting a subscription', () => {
  it('cancels what was not sent and keeps the log', async () => {
    receiver.answer = (_received, response) => response.writeHead(429, { 'retry-after': '60' }).end();
    const webhookId = await subscribe({});
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await expect.poll(() => rig.states()).toEqual(['pending']);
    await rig.subscriptions.delete(webhookId);
    expect(await rig.states()).toEqual(['cancelled']);
    const { items } = await rig.deliveries.list({ webhookIds: [webhookId] });
    expect((await rig.deliveries.get(items[0]?.deliveryId ?? 0)).attempts).toHaveLength(1);
    await expect(rig.subscriptions.delete(webhookId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the delivery log', () => {
  it('is read by filters, newest first, page by page', async () => {
    const first = await subscribe({});
    const second = await subscribe({});
    await rig.happen({ repoId: 7 });
    await rig.happen({ repoId: 8 });
    await rig.db.query(RELAY, [100]);
    const list = async (filter: Parameters<Rig['deliveries']['list']>[0]) =>
      (await rig.deliveries.list(filter)).items.map(({ webhookId, repoId }) => [webhookId, repoId]);
    expect(await list({ webhookIds: [first] })).toEqual([
      [first, 8],
      [first, 7],
    ]);
    expect(new Set((await list({ repoId: 7 })).map(([hook]) => hook))).toEqual(new Set([first, second]));
    expect(await list({ states: ['delivered'] })).toEqual([]);
    expect(await list({ webhookIds: [] })).toEqual([]);
    expect(await list({ since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await list({ until: new Date(Date.now() + 60_000) })).toHaveLength(4);
    const pages: number[] = [];
    let before: number | undefined;
    do {
      const page = await rig.deliveries.list({ limit: 3, ...(before !== undefined && { before }) });
      pages.push(page.items.length);
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(pages).toEqual([3, 1]);
  });
});
