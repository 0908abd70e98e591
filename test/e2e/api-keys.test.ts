import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyUsage } from '../../src/access/key-usage.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

interface Key {
  api_key_id: number;
  api_key: string;
  expires: number;
  replaced_by: number | null;
}

const INVALID = 'Invalid API key';
let gateway: TestGateway;
let ada: { user_id: number; key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  ada = await gateway.createUser('ada');
});
afterAll(() => gateway.close());

const create = (more: object = {}, key = ada.key) => gateway.call<Key>('create_api_key', more, key);
const rotate = (id: number, more: object = {}, key = ada.key) =>
  gateway.call<Key & { msg: string; previous: Key }>('rotate_api_key', { api_key_id: id, ...more }, key);
const detailOf = async (method: string, params: object, key?: string) =>
  ((await gateway.rpc(method, params, key)).error as { data: { detail: string } }).data.detail;
const inMinutes = (minutes: number) => Date.now() / 1000 + minutes * 60;

describe('API keys', () => {
  it('are shown once, and never again', async () => {
    const { api_key, ...shown } = await create({ description: 'build server', lifetime: 60 });
    expect(shown).toEqual({
      msg: 'created new API key for user `ada`',
      api_key_id: expect.any(Number),
      user: 'ada',
      prefix: api_key.slice(0, 4),
      description: 'build server',
      dialect: null,
      scopes: null,
      ips: null,
      created_on: expect.any(String),
      expires: expect.closeTo(inMinutes(60), -1),
      last_used_at: null,
      last_used_ip: null,
      replaced_by: null,
    });
    const list = await gateway.call<Key[]>('get_api_keys', {}, ada.key);
    expect(list).toContainEqual(expect.objectContaining({ api_key_id: shown.api_key_id }));
    expect(JSON.stringify(list)).not.toContain(api_key);
  });

  it('remember when and from where they were used', async () => {
    const { api_key, api_key_id } = await create();
    await gateway.call('get_user', {}, api_key);
    await gateway.app.get(KeyUsage).flush();
    const list = await gateway.call<(Key & { last_used_at: string })[]>('get_api_keys', {}, ada.key);
    expect(list.find((key) => key.api_key_id === api_key_id)).toMatchObject({
      last_used_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      last_used_ip: '127.0.0.1',
    });
  });

  it('may do no more than their scopes say', async () => {
    const reading = await create({ scopes: ['read'] });
    await gateway.call('get_user', {}, reading.api_key);
    expect(await gateway.refusal('create_repo', { repo_name: 'x' }, reading.api_key)).toBe(
      'This API key lacks the scope `create_repo`',
    );
    await gateway.call('create_repo', { repo_name: 'mine', repo_type: 'git' }, ada.key);
    await gateway.call('create_repo', { repo_name: 'other', repo_type: 'git' }, ada.key);
    const narrow = await create({ scopes: ['repo:mine', 'get_*'] });
    await gateway.call('get_repo', { repoid: 'mine' }, narrow.api_key);
    expect(await gateway.refusal('get_repo', { repoid: 'other' }, narrow.api_key)).toBe(
      'This API key lacks the scope `repo:other`',
    );
    const { permissions } = await gateway.call<{ permissions: { repositories: object } }>(
      'get_user',
      {},
      narrow.api_key,
    );
    expect(permissions.repositories).toEqual({ mine: 'repository.admin' });
    const { permissions: rights } = await gateway.call<{ permissions: { object: { type: string } }[] }>(
      'get_user_permissions',
      { object_type: 'repo' },
      narrow.api_key,
    );
    expect(rights).toMatchObject([{ object: { name: 'mine' } }]);
  });

  it('work from their networks only', async () => {
    const elsewhere = await create({ ips: ['10.0.0.0/8'] });
    expect(await gateway.refusal('get_user', {}, elsewhere.api_key)).toBe(INVALID);
    const here = await create({ ips: ['127.0.0.1', '10.0.0.0/8'] });
    await gateway.call('get_user', {}, here.api_key);
  });

  it('make no keys that may do more than themselves', async () => {
    const limited = await create({
      scopes: ['create_api_key', 'rotate_api_key', 'get_user'],
      ips: ['127.0.0.0/8'],
    });
    const wide = await create();
    const scopes = ['get_user'];
    for (const more of [
      { ips: ['127.0.0.1'] },
      { ips: ['127.0.0.1'], scopes: [] },
      { ips: ['127.0.0.1'], scopes: ['*'] },
    ])
      expect(await gateway.refusal('create_api_key', more, limited.api_key)).toMatch(
        /some of the same scopes/,
      );
    for (const more of [{ scopes }, { scopes, ips: [] }, { scopes, ips: ['127.0.0.1', '10.0.0.1'] }])
      expect(await gateway.refusal('create_api_key', more, limited.api_key)).toMatch(/limited to networks/);
    expect(await gateway.refusal('rotate_api_key', { api_key_id: wide.api_key_id }, limited.api_key)).toMatch(
      /some of the same scopes/,
    );
    await create({ scopes, ips: ['127.0.0.1'] }, limited.api_key);
    await rotate(limited.api_key_id, {}, limited.api_key);
    await gateway.call('get_user', {}, wide.api_key);
  });

  it('belong to somebody: others see and touch them as if they did not exist', async () => {
    const { api_key_id } = await create();
    const bob = await gateway.createUser('bob');
    for (const method of ['delete_api_key', 'rotate_api_key'])
      expect(await gateway.refusal(method, { api_key_id }, bob.key)).toBe(
        `API key \`${api_key_id}\` does not exist`,
      );
    for (const method of ['get_api_keys', 'create_api_key'])
      expect(await gateway.refusal(method, { userid: 'ada' }, bob.key)).toBe(
        'userid is not the same as your user',
      );
    await gateway.call('delete_api_key', { api_key_id });
    expect(await gateway.refusal('create_api_key', { userid: 'default' })).toBe(
      'the default user cannot have API keys',
    );
  });
});

describe('rotate_api_key', () => {
  it('puts a key with the same limits in place of the old one, which stops at once', async () => {
    const limits = { description: 'ci', dialect: 'kallithea', scopes: ['read'], ips: ['127.0.0.0/8'] };
    const old = await create(limits);
    await gateway.call('get_user', {}, old.api_key);
    const fresh = await rotate(old.api_key_id);
    expect(fresh).toMatchObject({
      msg: `rotated API key ID:${old.api_key_id} of user \`ada\``,
      api_key: expect.stringMatching(/^[0-9a-f]{40}$/),
      ...limits,
      expires: -1,
      replaced_by: null,
      previous: { api_key_id: old.api_key_id, replaced_by: fresh.api_key_id },
    });
    expect(await gateway.refusal('get_user', {}, old.api_key)).toBe(INVALID);
    await gateway.call('get_user', {}, fresh.api_key);
  });

  it('lets the old key work for the overlap, and not longer than it would have', async () => {
    const old = await create();
    const fresh = await rotate(old.api_key_id, { overlap: '90' }, old.api_key);
    expect(fresh.previous.expires).toBeCloseTo(inMinutes(90), -1);
    for (const key of [old.api_key, fresh.api_key]) await gateway.call('get_user', {}, key);
    const brief = await create({ lifetime: 30 });
    const next = await rotate(brief.api_key_id, { overlap: 90 });
    expect(next.previous.expires).toBe(brief.expires);
    expect(next.expires).toBeCloseTo(inMinutes(30), -1);
  });

  it('happens once to a key, also when two ask at once', async () => {
    const { api_key_id } = await create();
    const answers = await Promise.all(
      [1, 2].map(() => gateway.rpc('rotate_api_key', { api_key_id, overlap: 5 }, ada.key)),
    );
    expect(answers.filter((answer) => 'result' in answer)).toHaveLength(1);
    expect(await gateway.refusal('rotate_api_key', { api_key_id })).toBe(
      `failed to rotate API key \`${api_key_id}\``,
    );
    expect(await detailOf('rotate_api_key', { api_key_id })).toMatch(/rotated already/);
  });

  it('refuses an expired key, and more than 7 days of overlap', async () => {
    const { api_key_id } = await create({ lifetime: 0 });
    expect(await detailOf('rotate_api_key', { api_key_id })).toBe('it has expired');
    expect(await gateway.refusal('rotate_api_key', { api_key_id, overlap: 10_081 })).toMatch(
      /argument `overlap`/,
    );
    expect(await gateway.refusal('rotate_api_key', { api_key_id, overlap: -1 })).toMatch(
      /argument `overlap`/,
    );
  });
});
