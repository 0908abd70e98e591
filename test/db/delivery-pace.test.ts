import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pullRequestCommented } from '../../src/sdk/index.js';
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

const happen = async (times: number, where: Parameters<Rig['happen']>[0] = {}) => {
  for (let count = 0; count < times; count++) await rig.happen(where);
};
const commented = (pullRequestId: number) =>
  rig.db.transaction((tx) => {
    const { repository, ...example } = pullRequestCommented.example;
    return rig.outbox.record(tx, pullRequestCommented, {
      caller: { userId: 1, username: 'admin' },
      requestId: null,
      repository,
      data: { ...example, pull_request: { ...example.pull_request, pull_request_id: pullRequestId } },
    });
  });
const eventIds = () =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { data: { event_id: number } }).data.event_id);
const standing = async (webhookId: number) => (await rig.subscriptions.get(webhookId)).endpoint;

describe('the concurrency cap of an endpoint', () => {
  it('is exact over all workers', async () => {
    let open = 0;
    let most = 0;
    receiver.answer = (_received, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 5);
    };
    const others = await Promise.all([rig.another(), rig.another()]);
    await rig.subscribe({ url: receiver.url, maxInFlight: 3 });
    await happen(60);
    for (const process of [rig, ...others]) process.start();
    await rig.settled();
    expect(most).toBe(3);
    expect(receiver.received).toHaveLength(60);
  });

  it('of one leaves the others alone', async () => {
    const answers: (() => void)[] = [];
    receiver.answer = ({ path }, response) => {
      if (path === '/one') answers.push(() => response.end());
      else response.end();
    };
    await rig.subscribe({ url: receiver.url.replace('/hook', '/one'), maxInFlight: 1 });
    await rig.subscribe({ url: receiver.url });
    await happen(10);
    rig.start();
    await receiver.has(11);
    expect(answers).toHaveLength(1);
    receiver.answer = (_received, response) => response.end();
    answers[0]?.();
    await rig.settled();
  });
});

describe('the rate of an endpoint', () => {
  it('is kept over all workers, and what exceeds it waits without counting as an attempt', async () => {
    const other = await rig.another();
    // a burst of two, then one each half second
    await rig.subscribe({ url: receiver.url, ratePerMinute: 120 });
    await happen(5);
    rig.start();
    other.start();
    const [, second, third, , fifth] = await receiver.has(5);
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(300);
    expect((fifth?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(1_300);
    await rig.settled();
    expect((await rig.deliveries.list()).items.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('the order of deliveries', () => {
  it('strict: is that of the events, with a failing one in front of all later ones', async () => {
    receiver.answer = (_received, response, count) => response.writeHead(count === 3 ? 500 : 200).end();
    const other = await rig.another();
    await rig.subscribe({ url: receiver.url, ordering: 'strict' });
    await happen(8);
    rig.start();
    other.start();
    await rig.settled();
    const ids = eventIds();
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(ids).toHaveLength(9);
    expect(ids[2]).toBe(ids[3]);
  });

  it('by repository: one that is stuck does not hold up another', async () => {
    receiver.answer = ({ body }, response) => {
      const { data } = JSON.parse(body) as { data: { repository: { repo_id: number } } };
      response.writeHead(data.repository.repo_id === 1 ? 500 : 200).end();
    };
    const slow = await rig.another({ deliveryRetryScheduleS: [3_600] });
    await rig.subscribe({ url: receiver.url, ordering: 'repository' });
    await happen(3, { repoId: 1 });
    await happen(3, { repoId: 2 });
    slow.start();
    await receiver.has(4);
    await expect
      .poll(async () => (await rig.states()).sort())
      .toEqual(['delivered', 'delivered', 'delivered', 'pending', 'pending', 'pending']);
    expect(receiver.received).toHaveLength(4);
  });

  it('by pull request: events of none are in nobody’s way', async () => {
    receiver.answer = ({ body }, response) => {
      const { data } = JSON.parse(body) as { data: { pull_request?: { pull_request_id: number } } };
      response.writeHead(data.pull_request?.pull_request_id === 7 ? 500 : 200).end();
    };
    const slow = await rig.another({ deliveryRetryScheduleS: [3_600] });
    await rig.subscribe({ url: receiver.url, ordering: 'pull_request' });
    for (const id of [7, 7, 8, 8]) await commented(id);
    await happen(2);
    slow.start();
    await expect
      .poll(async () => (await rig.states()).filter((state) => state === 'delivered').length)
      .toBe(4);
    await expect.poll(() => receiver.received.length).toBe(5);
    expect((await rig.states()).filter((state) => state === 'pending')).toHaveLength(2);
  });

  it('can be changed for what waits already', async () => {
    receiver.answer = (_received, response, count) => response.writeHead(count === 1 ? 500 : 200).end();
    const { webhookId } = await rig.subscribe({
      url: receiver.url,
      ordering: 'strict',
      retryScheduleS: [3_600],
    });
    await happen(3);
    rig.start();
    await receiver.has(1);
    await expect.poll(async () => (await rig.deliveries.list()).items.at(-1)?.attempts).toBe(1);
    await rig.subscriptions.update(webhookId, { ordering: 'none' });
    await expect.poll(async () => (await rig.states()).sort()).toEqual(['delivered', 'delivered', 'pending']);
    await rig.subscriptions.update(webhookId, { ordering: 'strict' });
    const keys = await rig.db.query('SELECT order_key FROM delivery_open');
    expect(keys).toEqual([{ order_key: 0 }]);
  });
});

describe('the breaker', () => {
  it('opens for an endpoint that keeps failing, probes it, and closes when it works again', async () => {
    let isDead = true;
    receiver.answer = (_received, response) => response.writeHead(isDead ? 500 : 200).end();
    const other = await rig.another();
    const { webhookId } = await rig.subscribe({
      url: receiver.url,
      maxInFlight: 5,
      retryScheduleS: [0, 0, 0],
    });
    await happen(40);
    rig.start();
    other.start();
    await expect.poll(async () => (await standing(webhookId)).breaker, { timeout: 10_000 }).toBe('open');
    const atOpening = receiver.received.length;
    // ten failures open it, and what was on its way then
    expect(atOpening).toBeLessThanOrEqual(10 + 5);
    await receiver.has(atOpening + 2);
    expect((await standing(webhookId)).failuresInRow).toBeGreaterThan(10);
    expect(receiver.received.length).toBeLessThanOrEqual(atOpening + 3);
    isDead = false;
    await rig.settled();
    expect(await standing(webhookId)).toMatchObject({ breaker: 'closed', failuresInRow: 0, failures: 0 });
    expect(new Set(await rig.states())).toEqual(new Set(['delivered']));
  });
});

describe('an overloaded receiver', () => {
  it('gets nothing at all for as long as it asks', async () => {
    receiver.answer = (_received, response, count) =>
      response.writeHead(count === 1 ? 503 : 200, count === 1 ? { 'retry-after': '1' } : {}).end();
    const { webhookId } = await rig.subscribe({ url: receiver.url, maxInFlight: 1 });
    await happen(4);
    rig.start();
    const [first, second] = await receiver.has(2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
    await rig.settled();
    expect(await standing(webhookId)).toMatchObject({ slowLevel: 0, slowedUntil: null });
  });
});

describe('a new URL', () => {
  it('gets at once what waits, however long the old one asked to be spared', async () => {
    receiver.answer = ({ path }, response) =>
      response
        .writeHead(path === '/hook' ? 503 : 200, path === '/hook' ? { 'retry-after': '3600' } : {})
        .end();
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    await happen(2);
    rig.start();
    await expect.poll(async () => (await standing(webhookId)).slowedUntil).not.toBeNull();
    await rig.subscriptions.update(webhookId, { description: 'the same', url: receiver.url, config: {} });
    expect((await standing(webhookId)).slowedUntil).not.toBeNull();
    await rig.subscriptions.update(webhookId, { url: receiver.url.replace('/hook', '/new') });
    await rig.settled();
    expect(await rig.states()).toEqual(['delivered', 'delivered']);
    expect(await standing(webhookId)).toMatchObject({ slowLevel: 0, slowedUntil: null, failures: 0 });
  });
});

describe('the retry schedule of a subscription', () => {
  it('takes the place of the one of all', async () => {
    receiver.answer = (_received, response) => response.writeHead(500).end();
    await rig.subscribe({ url: receiver.url, eventTypes: ['repo.*'], retryScheduleS: [] });
    await rig.subscribe({ url: receiver.url, eventTypes: ['repo.*'], retryScheduleS: [0] });
    await rig.happen();
    rig.start();
    await rig.settled();
    const { items } = await rig.deliveries.list();
    expect(items.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['failed', 2],
      ['failed', 1],
    ]);
  });

  it.each([[[-1]], [[0.5]], [['soon']], [[31 * 86_400]], [Array.from({ length: 31 }, () => 1)]])(
    'refuses %j',
    async (retryScheduleS) => {
      const subscribing = rig.subscribe({ url: receiver.url, retryScheduleS: retryScheduleS as number[] });
      await expect(subscribing).rejects.toMatchObject({ field: 'retry_schedule' });
    },
  );
});
