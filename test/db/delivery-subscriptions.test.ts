import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECRET_MASK } from '../../src/delivery/subscription-config.js';
import { SqlPluginStore } from '../../src/delivery/sql-plugin-store.js';
import { PluginBoundary } from '../../src/plugin-host/boundary.js';
import { Capabilities } from '../../src/plugin-host/capabilities.js';
import { HostedAdapter } from '../../src/plugin-host/hosted-adapter.js';
import { PluginHealth } from '../../src/plugin-host/plugin-health.js';
import { delivered } from '../../src/sdk/index.js';
import { memoryStore, silentLog } from '../../src/sdk/testing/index.js';
import { deliveryRig, type Rig } from '../harness/delivery-rig.js';
import { SELF_SIGNED } from '../harness/self-signed.js';

const url = 'http://127.0.0.1:9/hook';
let rig: Rig;

beforeEach(async () => {
  rig = await deliveryRig();
});
afterEach(async () => {
  await rig.close();
});

const create = (input: object) =>
  rig.subscriptions.create({ url, eventTypes: ['*'], createdBy: 1, ...input } as never);

describe('SubscriptionsService', () => {
  it('shows the secret once, and stores it sealed', async () => {
    const { subscription, secret } = await create({ description: 'CI', eventTypes: ['repo.*', 'repo.*'] });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Buffer.from(secret?.slice(6) ?? '', 'base64')).toHaveLength(32);
    expect(subscription).toMatchObject({
      adapter: 'webhook',
      url,
      config: {},
      eventTypes: ['repo.*'],
      repoId: null,
      repoGroupId: null,
      recursive: true,
      description: 'CI',
      active: true,
      disabledReason: null,
      createdBy: 1,
    });
    expect(JSON.stringify(await rig.subscriptions.get(subscription.webhookId))).not.toContain('whsec_');
    const dump = JSON.stringify(
      await rig.db.query('SELECT w.*, encode(secrets_sealed, $1) FROM webhook w', ['escape']),
    );
    expect(dump).not.toContain(secret?.slice(6, 26));
  });

  it.each([
    [{ eventTypes: [] }, 'event_types', 'at least one'],
    [{ eventTypes: ['repo.creatd'] }, 'event_types', '"repo.creatd"'],
    [{ eventTypes: ["repo.*'; --"] }, 'event_types', 'matches no event type'],
    [{ url: null }, 'url', 'needs one'],
    [{ url: 'ftp://example.org/' }, 'url', 'http or https'],
    [{ url: '/relative' }, 'url', 'http or https'],
    [{ url: 'http://me:secret@127.0.0.1/' }, 'url', 'user name or password'],
    [{ url: 'http://10.0.0.1/' }, 'url', 'FORGEGATE_ALLOW_PRIVATE_NETWORKS'],
    [{ url: `http://127.0.0.1/${'x'.repeat(2_100)}` }, 'url', 'at most'],
    [{ adapter: 'carrier-pigeon' }, 'adapter', 'webhook'],
    [{ config: { colour: 'red' } }, 'config', 'config.colour'],
    [{ repoId: 1, repoGroupId: 2 }, 'repogroupid', 'not both'],
  ])('refuses %j, naming the argument', async (input, field, words) => {
    await expect(create(input)).rejects.toMatchObject({
      code: 'INVALID',
      field,
      message: expect.stringContaining(words),
    });
    expect(await rig.db.query('SELECT 1 FROM webhook')).toEqual([]);
  });

  it('changes what is given and nothing else', async () => {
    const { subscription } = await create({ repoId: 7 });
    const changed = await rig.subscriptions.update(subscription.webhookId, {
      description: 'new',
      eventTypes: ['*'],
    });
    expect({ ...changed, updatedAt: null }).toEqual({ ...subscription, description: 'new', updatedAt: null });
    expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(subscription.updatedAt.getTime());
    await expect(rig.subscriptions.update(subscription.webhookId, { url: 'nonsense' })).rejects.toMatchObject(
      {
        field: 'url',
      },
    );
    await expect(rig.subscriptions.update(999, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('judges the settings that stay with a new URL, and keeps their secrets', async () => {
    const config = { ca: SELF_SIGNED.cert, headers: { 'x-team': 'hunter22' } };
    const { subscription } = await create({ url: 'https://127.0.0.1:9/', config });
    const { webhookId } = subscription;
    await expect(rig.subscriptions.update(webhookId, { url })).rejects.toMatchObject({
      code: 'INVALID',
      message: 'config.ca: is for https: URLs only',
    });
    const sealed = () => rig.db.query('SELECT length(secrets_sealed) FROM webhook');
    const before = await sealed();
    const changed = await rig.subscriptions.update(webhookId, { url: 'https://127.0.0.1:9/other' });
    expect(changed).toMatchObject({ url: 'https://127.0.0.1:9/other', config: subscription.config });
    expect(await sealed()).toEqual(before);
  });

  it('lists by object, page by page', async () => {
    const made = [];
    for (const input of [{ repoId: 7 }, { repoGroupId: 7 }, {}, { repoId: 8 }, { repoId: 7 }]) {
      made.push((await create(input)).subscription.webhookId);
    }
    const ids = async (filter: Parameters<Rig['subscriptions']['list']>[0]) =>
      (await rig.subscriptions.list(filter)).items.map(({ webhookId }) => webhookId);
    expect(await ids({ of: { repoId: 7 } })).toEqual([made[0], made[4]]);
    expect(await ids({ of: { repoGroupId: 7 } })).toEqual([made[1]]);
    expect(await ids({ of: 'everything' })).toEqual([made[2]]);
    const first = await rig.subscriptions.list({ limit: 3 });
    expect(first.next).toBe(made[2]);
    expect(await rig.subscriptions.list({ limit: 3, after: made[2] ?? 0 })).toMatchObject({ next: null });
    expect(await ids({ after: made[2] ?? 0 })).toEqual([made[3], made[4]]);
  });

  it('holds what waits while a subscription is off, and sends it when it is on again', async () => {
    const { subscription } = await create({});
    await rig.happen();
    rig.relay.start(() => undefined);
    await expect.poll(() => rig.states()).toEqual(['pending']);
    await rig.subscriptions.update(subscription.webhookId, { active: false });
    expect(await rig.states()).toEqual(['held']);
    await rig.subscriptions.update(subscription.webhookId, { active: true, held: 'all' });
    expect(await rig.states()).toEqual(['pending']);
  });
});

describe('an adapter with secret settings', () => {
  const config = (given: Record<string, unknown>) => ({ config: given }) as never;

  it('keeps, masks, replaces and removes them', async () => {
    const health = new PluginHealth();
    const owner = {
      id: 'chat',
      log: silentLog,
      store: memoryStore(),
      boundary: new PluginBoundary('chat', health, silentLog),
      capabilities: new Capabilities(null),
    };
    const chat = new HostedAdapter('chat', owner, {
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        properties: { room: { type: 'string' }, token: { type: 'string', 'x-secret': true } },
        additionalProperties: false,
      },
      deliver: () => Promise.resolve(delivered('OK')),
    });
    const plugins = { adapter: () => chat, adapterNames: () => ['chat'] };
    const { subscriptions } = rig;
    Object.assign(subscriptions, { plugins });

    const made = await subscriptions.create({
      adapter: 'chat',
      eventTypes: ['*'],
      createdBy: 1,
      config: { room: 'a', token: 'hunter22' },
    });
    const { webhookId } = made.subscription;
    expect(made.secret).toBeNull();
    expect(made.subscription.config).toEqual({ room: 'a', token: SECRET_MASK });
    const stored = async () => {
      const [row] = await rig.db.query<{ config: object; secrets_sealed: Buffer | null }>(
        'SELECT config, secrets_sealed FROM webhook',
      );
      expect(JSON.stringify(row?.config)).not.toContain('hunter');
      expect(row?.secrets_sealed?.includes('hunter') ?? false).toBe(false);
      return row?.secrets_sealed ?? null;
    };
    const sealed = await stored();
    const kept = await subscriptions.update(webhookId, config({ room: 'b', token: SECRET_MASK }));
    expect(kept.config).toEqual({ room: 'b', token: SECRET_MASK });
    expect((await stored())?.length).toBe(sealed?.length);
    expect((await subscriptions.update(webhookId, config({ room: 'c' }))).config).toEqual({
      room: 'c',
      token: SECRET_MASK,
    });
    expect((await subscriptions.update(webhookId, config({ token: null }))).config).toEqual({});
    expect(await stored()).toBeNull();
  });
});

describe('SqlPluginStore', () => {
  it('keeps JSON for each plugin apart', async () => {
    const a = new SqlPluginStore(rig.db, 'a');
    const b = new SqlPluginStore(rig.db, 'b');
    await a.set('seen', { at: [1, null, 'x'] });
    await a.set('seen', { at: [2] });
    await b.set('seen', 'mine');
    expect(await a.get('seen')).toEqual({ at: [2] });
    expect(await b.get('seen')).toBe('mine');
    await a.delete('seen');
    expect(await a.get('seen')).toBeUndefined();
    await expect(a.set('x'.repeat(201), 1)).rejects.toThrow('200');
    await expect(a.set('big', 'x'.repeat(70_000))).rejects.toThrow('bytes');
  });
});
