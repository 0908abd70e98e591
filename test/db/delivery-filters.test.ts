import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryRecovery } from '../../src/delivery/delivery-recovery.js';
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

const OTHERS = { actors: ['!admin'] };

describe('what a filter leaves out', () => {
  it('is never sent, and kept in the log with the reason where that is asked for', async () => {
    const kept = await rig.subscribe({ url: receiver.url, filter: OTHERS, recordSkipped: true });
    await rig.subscribe({ url: receiver.url, filter: OTHERS });
    const all = await rig.subscribe({ url: receiver.url, filter: { actors: ['admin'] } });
    rig.start();
    await rig.happen();
    await rig.settled();
    expect(receiver.received).toHaveLength(1);
    const { items } = await rig.deliveries.list();
    expect(items).toMatchObject([
      { webhookId: all.webhookId, state: 'delivered' },
      {
        webhookId: kept.webhookId,
        state: 'skipped',
        code: 'FILTERED',
        reason: 'actor admin is not among !admin',
        attempts: 0,
        nextAttemptAt: null,
      },
    ]);
    expect((await rig.deliveries.get(items[1]?.deliveryId ?? 0)).attempts).toEqual([]);
  });

  it('makes room at once for what comes behind it', async () => {
    await rig.subscribe({ url: receiver.url, filter: OTHERS, ordering: 'strict', recordSkipped: true });
    for (let count = 0; count < 20; count++) await rig.happen();
    rig.start();
    await rig.settled();
    expect(new Set(await rig.states())).toEqual(new Set(['skipped']));
  });

  it('does not hold back what was sent to the subscription on purpose', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url, filter: OTHERS });
    const asker = { caller: { userId: 1, username: 'admin' }, requestId: null };
    rig.start();
    await rig.deliveries.ping(webhookId, asker);
    await rig.deliveries.simulate(webhookId, 'pull_request.merged', {}, asker);
    await receiver.has(2);
    await rig.settled();
    expect((await rig.states()).sort()).toEqual(['delivered', 'delivered']);
  });

  it('uses nothing of the rate of its subscription', async () => {
    await rig.subscribe({
      url: receiver.url,
      filter: { body: { type: { $eq: 'repo.deleted' } } },
      ratePerMinute: 1,
    });
    for (let count = 0; count < 5; count++) await rig.happen();
    await rig.deleteRepo(42);
    rig.start();
    const [got] = await receiver.has(1);
    expect(got?.event.type).toBe('repo.deleted');
    await rig.settled();
  });

  it('is sent when somebody sends it again', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url, filter: OTHERS, recordSkipped: true });
    rig.start();
    await rig.happen();
    await rig.settled();
    const [skipped] = (await rig.deliveries.list({ webhookIds: [webhookId] })).items;
    await rig.deliveries.redeliver(skipped?.deliveryId ?? 0);
    await rig.settled();
    expect(await rig.states()).toEqual(['delivered']);
    expect(receiver.received).toHaveLength(1);
  });

  it('is judged by the filter as it is then when it is recovered', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url, filter: OTHERS, recordSkipped: true });
    rig.start();
    await rig.happen();
    await rig.settled();
    const recovery = new DeliveryRecovery(rig.db, { publish: () => Promise.resolve() } as never);
    const recover = async () => {
      const [any, endedBy] = [null, new Date(Date.now() + 1_000)];
      const filter = { eventType: any, since: any, until: any, endedBy };
      await recovery.recover({ webhookIds: [webhookId], states: ['skipped'], ...filter }, 0, 100);
      await rig.settled();
    };
    await recover();
    expect(await rig.states()).toEqual(['skipped']);
    await rig.subscriptions.update(webhookId, { filter: null });
    await recover();
    expect(await rig.states()).toEqual(['delivered']);
  });

  it('stays in the log when it was attempted before the filter came, and may be sent again', async () => {
    let fail: () => void = () => undefined;
    receiver.answer = (_received, response, count) => {
      if (count === 1) fail = () => response.writeHead(500).end();
      else response.end();
    };
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    rig.start();
    await rig.happen();
    await receiver.has(1);
    await rig.subscriptions.update(webhookId, { filter: OTHERS });
    fail();
    await rig.settled();
    const [skipped] = (await rig.deliveries.list()).items;
    expect(skipped).toMatchObject({ state: 'skipped', attempts: 1, code: 'FILTERED', outcome: 'retry' });
    await rig.deliveries.redeliver(skipped?.deliveryId ?? 0);
    await rig.settled();
    expect((await rig.deliveries.list()).items).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    expect(receiver.received).toHaveLength(2);
  });

  it('is refused when it cannot be read', async () => {
    const subscribing = rig.subscribe({ url: receiver.url, filter: { branch: ['main'] } });
    await expect(subscribing).rejects.toMatchObject({ code: 'INVALID', field: 'filter' });
  });
});

describe('a simulated event', () => {
  const asker = { caller: { userId: 1, username: 'admin' }, requestId: 'req-9' };

  it('reaches one subscription, with the members that were given', async () => {
    const { webhookId } = await rig.subscribe({ url: receiver.url, eventTypes: ['gist.*'], repoId: 7 });
    await rig.subscribe({ url: receiver.url });
    rig.start();
    const reason = 'nobody answers';
    await rig.deliveries.simulate(webhookId, 'webhook.disabled', { reason }, asker);
    const [got] = await receiver.has(1);
    await rig.settled();
    expect(receiver.received).toHaveLength(1);
    expect(got?.event).toMatchObject({
      type: 'webhook.disabled',
      data: { reason, request_id: 'req-9', cause: 'gone' },
    });
  });

  it.each([
    ['repo.eaten', {}, 'event_type'],
    ['webhook.disabled', { reason: 5 }, 'data'],
    ['webhook.disabled', { unknown: true }, 'data'],
  ])('is refused when it breaks its contract: %s %j', async (type, data, field) => {
    const { webhookId } = await rig.subscribe({ url: receiver.url });
    await expect(rig.deliveries.simulate(webhookId, type, data, asker)).rejects.toMatchObject({ field });
  });
});
