import { createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WebhookReceiver, verifySignature } from '../harness/webhook-receiver.js';

interface Webhook {
  webhook_id: number;
  secret: string;
}

let gateway: TestGateway;
let receiver: WebhookReceiver;
let bob: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  bob = await gateway.createUser('bob');
  await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git' });
  await gateway.call('create_repo', { repo_name: 'bobs', repo_type: 'git', owner: 'bob' });
});
afterAll(() => gateway.close());
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  for (const { webhook_id } of (await gateway.call<{ webhooks: Webhook[] }>('get_webhooks')).webhooks) {
    await gateway.call('delete_webhook', { webhook_id });
  }
  await receiver.close();
});

const subscribe = (more: object = {}, key?: string) =>
  gateway.call<Webhook>('create_webhook', { url: receiver.url, event_types: ['*'], ...more }, key);
const deliveries = async (filter: object) =>
  (
    await gateway.call<{ deliveries: { delivery_id: number; state: string; message_id: string }[] }>(
      'get_deliveries',
      filter,
    )
  ).deliveries;
/** Polls the log: the result of an attempt is written after the receiver has answered. */
async function deliveryInState(webhook_id: number, state: string) {
  for (;;) {
    const [found] = await deliveries({ webhook_id, state });
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a webhook', () => {
  it('gets a signed event for a change, with actor, repository and request id', async () => {
    const { secret } = await subscribe({ event_types: ['repo.updated'], repoid: 'proj' });
    expect(secret).toMatch(/^whsec_/);
    await gateway.call('update_repo', { repoid: 'proj', description: 'new words' });
    const received = await receiver.next('repo.updated');
    expect(verifySignature(secret, received)).toEqual(received.event);
    expect(received.event).toEqual({
      type: 'repo.updated',
      version: 1,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: {
        event_id: expect.any(Number),
        actor: { user_id: 2, username: 'admin' },
        repository: {
          repo_id: 1,
          repo_name: 'proj',
          repo_type: 'git',
          url: 'http://gateway.test/proj',
          clone_url: 'http://gateway.test/proj',
        },
        repo: expect.objectContaining({ repo_name: 'proj', description: 'new words' }),
        previous: { description: expect.any(String) },
        request_id: expect.any(String),
      },
    });
  });

  it('is signed with the new and the old secret while they overlap, and may change to a key pair', async () => {
    const { webhook_id, secret } = await subscribe({ event_types: ['repo.updated'], repoid: 'proj' });
    const rotate = (more: object) =>
      gateway.call<{ secret: string | null; public_key: string | null }>('rotate_webhook_secret', {
        webhook_id,
        ...more,
      });
    const { secret: second } = await rotate({ overlap: 3600 });
    expect(second).toMatch(/^whsec_/);
    expect(second).not.toBe(secret);
    await gateway.call('update_repo', { repoid: 'proj', description: 'both' });
    const both = await receiver.next('repo.updated');
    verifySignature(secret, both);
    verifySignature(second ?? '', both);

    const pair = await rotate({ signature: 'v1a', overlap: 0 });
    expect([pair.secret, pair.public_key]).toEqual([null, expect.stringMatching(/^whpk_/)]);
    const keys = await gateway.call<{ public_key: string }[]>('get_webhook_keys', { webhook_id });
    expect(keys).toEqual([
      {
        key_id: expect.any(String),
        signature: 'v1a',
        public_key: pair.public_key,
        created_on: expect.any(String),
        expires_on: null,
      },
    ]);
    await gateway.call('update_repo', { repoid: 'proj', description: 'pair' });
    const [, last] = await receiver.waitFor(2);
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': header } = last?.headers ?? {};
    const x = Buffer.from(pair.public_key?.slice(5) ?? '', 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const [, signature = ''] = /^v1a,(\S+)$/.exec(String(header)) ?? [];
    expect(
      verify(null, Buffer.from([id, time, last?.body].join('.')), key, Buffer.from(signature, 'base64')),
    ).toBe(true);
  });

  it('keeps at most five keys, each for as long as it was given', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    for (let count = 0; count < 7; count++) await gateway.call('rotate_webhook_secret', { webhook_id });
    const keys = await gateway.call<{ expires_on: string | null }[]>('get_webhook_keys', { webhook_id });
    expect(keys.map(({ expires_on }) => expires_on === null)).toEqual([true, false, false, false, false]);
  });

  it('keeps headers that may be secret out of every answer and of the log', async () => {
    const headers = { 'x-team': 'core-secret-4711' };
    const { webhook_id } = await subscribe({
      repoid: 'proj',
      config: { headers, compat_headers: ['github'] },
    });
    await gateway.call('update_repo', { repoid: 'proj', description: 'headers' });
    const received = await receiver.next('repo.updated');
    expect(received.headers).toMatchObject({
      'x-team': 'core-secret-4711',
      'x-github-event': 'repo.updated',
    });
    const { delivery_id } = await deliveryInState(webhook_id, 'delivered');
    const shown = JSON.stringify([
      await gateway.call('get_webhook', { webhook_id }),
      await gateway.call('get_delivery', { delivery_id }),
    ]);
    expect(shown).not.toContain('4711');
    expect(shown).toContain('[redacted]');
  });

  it('shows its secret only when it is made', async () => {
    const made = await subscribe();
    const shown = JSON.stringify([
      await gateway.call('get_webhook', { webhook_id: made.webhook_id }),
      await gateway.call('get_webhooks'),
      await gateway.call('update_webhook', { webhook_id: made.webhook_id, description: 'x' }),
    ]);
    expect(shown).not.toContain(made.secret);
    expect(shown).not.toContain('whsec_');
  });

  it('gets only what it chose, and only of its scope', async () => {
    await subscribe({ event_types: ['repo.deleted'], repoid: 'bobs' });
    const all = await subscribe({ event_types: ['repo.*'] });
    await gateway.call('create_repo', { repo_name: 'other', repo_type: 'git' });
    await gateway.call('delete_repo', { repoid: 'other' });
    await receiver.waitFor(2);
    await gateway.call('ping_webhook', { webhook_id: all.webhook_id });
    await receiver.next('webhook.ping');
    expect(receiver.received.map(({ event }) => event.type).toSorted()).toEqual([
      'repo.created',
      'repo.deleted',
      'webhook.ping',
    ]);
  });

  it('of a group is only for keys whose scopes reach everything below it, now and later', async () => {
    await gateway.call('create_repo_group', { group_name: 'team' });
    await gateway.call('create_repo', { repo_name: 'team/secret', repo_type: 'git' });
    const keyWith = async (...scopes: string[]) =>
      (await gateway.call<{ api_key: string }>('create_api_key', { description: 'x', scopes })).api_key;
    const lacks = (scope: string) => `This API key lacks the scope \`${scope}\``;
    const make = { url: receiver.url, event_types: ['*'], repogroupid: 'team' };
    const refusal = async (...scopes: string[]) =>
      gateway.refusal('create_webhook', make, await keyWith('*_webhook*', ...scopes));
    expect(await refusal('group:team')).toBe(lacks('group:team/**'));
    expect(await refusal('group:team/**')).toBe(lacks('repo:team/**'));
    expect(await refusal('group:team/**', 'repo:team/secret')).toBe(lacks('repo:team/**'));
    expect(await refusal('group:team/**', 'repo:team/*')).toBe(lacks('repo:team/**'));

    const whole = await keyWith('*_webhook*', 'group:team/**', 'repo:team/**');
    const { webhook_id } = await subscribe({ repogroupid: 'team' }, whole);
    const narrow = await keyWith('*_webhook*', 'get_deliveries', 'group:team');
    const missing = `webhook \`${webhook_id}\` does not exist`;
    for (const [method, more] of [
      ['get_webhook', {}],
      ['update_webhook', { url: receiver.url }],
      ['delete_webhook', {}],
      ['get_deliveries', {}],
    ] as const)
      expect(await gateway.refusal(method, { webhook_id, ...more }, narrow)).toBe(missing);
    expect(await gateway.refusal('get_webhooks', { repogroupid: 'team' }, narrow)).toBe(
      lacks('group:team/**'),
    );
    expect(await gateway.call('get_webhooks', { repogroupid: 'team' }, whole)).toMatchObject({
      webhooks: [{ webhook_id }],
    });
  });

  it('of a repository hears of its deletion, and goes with it', async () => {
    await gateway.call('create_repo', { repo_name: 'brief', repo_type: 'git' });
    const { webhook_id, secret } = await subscribe({ repoid: 'brief' });
    await gateway.call('delete_repo', { repoid: 'brief' });
    const received = await receiver.next('repo.deleted');
    verifySignature(secret, received);
    expect(await gateway.refusal('get_webhook', { webhook_id })).toBe(
      `webhook \`${webhook_id}\` does not exist`,
    );
  });

  it('is sent the same message again on request, with every attempt in the log', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    receiver.answer = (_request, response) => response.writeHead(200, { 'x-said': 'hello' }).end('thanks');
    await gateway.call('update_repo', { repoid: 'proj', description: 'again' });
    const first = await receiver.next('repo.updated');
    const { delivery_id, message_id } = await deliveryInState(webhook_id, 'delivered');
    expect(first.headers['webhook-id']).toBe(message_id);
    await gateway.call('redeliver', { delivery_id });
    const [, second] = await receiver.waitFor(2);
    expect(second?.headers['webhook-id']).toBe(message_id);
    expect(second?.body).toBe(first.body);
    await deliveryInState(webhook_id, 'delivered');
    const log = await gateway.call<{ payload: string; attempt_log: object[] }>('get_delivery', {
      delivery_id,
    });
    expect(log.payload).toBe(first.body);
    expect(log.attempt_log).toHaveLength(2);
    expect(log.attempt_log[0]).toMatchObject({
      number: 1,
      outcome: 'delivered',
      status: 200,
      response_body: 'thanks',
      response_headers: expect.objectContaining({ 'x-said': 'hello' }),
    });
  });

  it('that answers 410 is disabled with a reason', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    receiver.answer = (_request, response) => response.writeHead(410).end();
    await gateway.call('update_repo', { repoid: 'proj', description: 'gone' });
    await deliveryInState(webhook_id, 'gone');
    expect(await gateway.call('get_webhook', { webhook_id })).toMatchObject({
      active: false,
      disabled_reason: expect.stringContaining('gone for good'),
    });
  });

  it('that answers 500 is tried again later, and nothing is lost', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    receiver.answer = (_request, response) => response.writeHead(500).end('broken');
    await gateway.call('update_repo', { repoid: 'proj', description: 'fails' });
    await receiver.next('repo.updated');
    let [pending] = await deliveries({ webhook_id });
    while (pending && (pending as { attempts?: number }).attempts !== 1)
      [pending] = await deliveries({ webhook_id });
    expect(pending).toMatchObject({ state: 'pending', outcome: 'retry', status: 500, code: 'HTTP_500' });
    expect(pending).toMatchObject({ next_attempt_at: expect.any(String) });
  });
});

describe('a filter', () => {
  it('can be tried on what has happened', async () => {
    await gateway.call('update_repo', { repoid: 'proj', description: 'filtered' });
    const trial = await gateway.call<{ matched: number; events: object[] }>('test_webhook_filter', {
      repoid: 'proj',
      event_types: ['repo.updated'],
      filter: { body: { 'data.repo.description': { $eq: 'filtered' } } },
      limit: 2,
    });
    expect(trial).toMatchObject({
      matched: 1,
      skipped: 1,
      events: [
        { event_type: 'repo.updated', matches: true, reason: null },
        { matches: false, reason: 'data.repo.description is not $eq "filtered"' },
      ],
    });
    expect(await gateway.refusal('test_webhook_filter', { filter: { branches: 'main' } })).toMatch(
      /filter.branches/,
    );
  });
});

describe('an endpoint that cannot keep up', () => {
  it('shows its limits, how it fares and what waits for it', async () => {
    const { webhook_id } = await subscribe({
      repoid: 'proj',
      max_in_flight: 2,
      rate_per_minute: 600,
      retry_schedule: [3600],
      ordering: 'repository',
    });
    receiver.answer = (_request, response) => response.writeHead(503, { 'retry-after': '60' }).end();
    await gateway.call('update_repo', { repoid: 'proj', description: 'too much' });
    await receiver.next('repo.updated');
    const shown = () => gateway.call<{ endpoint: { failures: number } }>('get_webhook', { webhook_id });
    await expect.poll(async () => (await shown()).endpoint.failures).toBe(1);
    expect(await shown()).toMatchObject({
      max_in_flight: 2,
      rate_per_minute: 600,
      retry_schedule: [3600],
      ordering: 'repository',
      endpoint: { breaker: 'closed', slow_level: 1, slowed_until: expect.any(String), failures_in_row: 0 },
      deliveries: { pending: 1, in_flight: 0, held: 0 },
    });
  });

  it('that is paused holds its deliveries until somebody says what becomes of them', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    await gateway.call('update_webhook', { webhook_id, active: false });
    await gateway.call('update_repo', { repoid: 'proj', description: 'nobody listens' });
    await deliveryInState(webhook_id, 'held');
    const enable = (more: object) => ({ webhook_id, active: true, ...more });
    expect(await gateway.refusal('update_webhook', enable({}))).toMatch(/^held: .*holds 1 deliveries/);
    expect(await gateway.refusal('update_webhook', enable({ held: 'some' }))).toMatch(/`held` must be `all`/);
    await gateway.call('update_webhook', enable({ held: 'all' }));
    await receiver.next('repo.updated');
    await deliveryInState(webhook_id, 'delivered');
  });
});

describe('who may manage webhooks', () => {
  it('is the admin of the object, and for everything the super admin', async () => {
    expect(await gateway.refusal('create_webhook', { url: receiver.url, event_types: ['*'] }, bob.key)).toBe(
      'Access was denied to this resource.',
    );
    expect(
      await gateway.refusal(
        'create_webhook',
        { url: receiver.url, event_types: ['*'], repoid: 'proj' },
        bob.key,
      ),
    ).toBe('repository `proj` does not exist');
    const own = await subscribe({ repoid: 'bobs' }, bob.key);
    const foreign = await subscribe({ repoid: 'proj' });
    expect(await gateway.call('get_webhook', { webhook_id: own.webhook_id }, bob.key)).toMatchObject({
      webhook_id: own.webhook_id,
    });
    for (const method of ['get_webhook', 'delete_webhook', 'ping_webhook', 'update_webhook']) {
      expect(await gateway.refusal(method, { webhook_id: foreign.webhook_id }, bob.key)).toBe(
        `webhook \`${foreign.webhook_id}\` does not exist`,
      );
    }
    expect(await gateway.refusal('get_deliveries', {}, bob.key)).toBe('Access was denied to this resource.');
  });

  it('cannot read the deliveries of others', async () => {
    const { webhook_id } = await subscribe({ repoid: 'proj' });
    await gateway.call('ping_webhook', { webhook_id });
    const { delivery_id } = await deliveryInState(webhook_id, 'delivered');
    for (const method of ['get_delivery', 'redeliver']) {
      expect(await gateway.refusal(method, { delivery_id }, bob.key)).toBe(
        `delivery \`${delivery_id}\` does not exist`,
      );
    }
  });
});

describe('bad input', () => {
  it.each([
    [{ event_types: ['repo.nonsense'] }, /event_types/],
    [{ event_types: [] }, /event_types/],
    [{ url: 'ftp://example.com/x' }, /url/],
    [{ url: 'not a url' }, /url/],
    [{ url: null }, /url/],
    [{ adapter: 'nope' }, /adapter/],
    [{ config: { nonsense: 1 } }, /config|nonsense/],
    [{ repoid: 'proj', repogroupid: 1 }, /not both/],
    [{ retry_schedule: [-5] }, /retry_schedule/],
    [{ max_in_flight: 0 }, /max_in_flight/],
    [{ rate_per_minute: 1.5 }, /rate_per_minute/],
    [{ ordering: 'random' }, /ordering/],
  ])('%j names what is wrong', async (more, words) => {
    const args = { url: receiver.url, event_types: ['*'], ...more };
    expect(await gateway.refusal('create_webhook', args)).toMatch(words);
  });
});
