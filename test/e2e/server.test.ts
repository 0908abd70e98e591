import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { GatewaySettings } from '../../src/families/settings/gateway-settings.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

const DENIED = 'Access was denied to this resource.';
let gateway: TestGateway;
let eve: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  eve = await gateway.createUser('eve');
});
afterAll(() => gateway.close());

describe('test', () => {
  it.each([[{ a: [1, 'two', null] }], ['text'], [''], [0], [false], [null], [[]]])(
    'answers %j as it is',
    async (args) => {
      expect(await gateway.call('test', { args })).toEqual(args);
    },
  );

  it('needs its argument, and a super admin', async () => {
    expect(await gateway.refusal('test')).toBe('Missing non optional `args` arg in JSON DATA');
    expect(await gateway.refusal('test', { args: 1 }, eve.key)).toBe(DENIED);
  });
});

describe('get_ip', () => {
  it.each(['get_ip', 'show_ip'])('answers as %s with the address of the caller', async (method) => {
    expect(await gateway.call(method)).toEqual({ server_ip_addr: '127.0.0.1', user_ips: [] });
    expect(await gateway.call(method, { userid: 'eve' })).toMatchObject({ user_ips: [] });
    expect(await gateway.refusal(method, { userid: 'nobody' })).toBe('user `nobody` does not exist');
    expect(await gateway.refusal(method, {}, eve.key)).toBe(DENIED);
  });
});

describe('get_server_info', () => {
  it('names versions as texts, modules by name', async () => {
    const info = await gateway.call<{ modules: [string, string][]; git_version: string }>('get_server_info');
    expect(info).toEqual({
      modules: expect.arrayContaining([['pg', expect.stringMatching(/^\d/)]]),
      py_version: expect.any(String),
      platform: expect.any(String),
      kallithea_version: '0.7.0',
      git_version: expect.stringMatching(/^\d/),
      git_path: 'git',
      hg_version: expect.any(String),
      forgegate_version: expect.stringMatching(/^\d/),
    });
    expect(info.modules).toEqual(info.modules.toSorted(([a], [b]) => a.localeCompare(b)));
    expect(await gateway.refusal('get_server_info', {}, eve.key)).toBe(DENIED);
  });
});

describe('settings', () => {
  const anonymousFlag = async () =>
    (await gateway.call<{ active: boolean }>('get_user', { userid: 'default' })).active;

  it('are shown with their defaults', async () => {
    expect(await gateway.call('get_settings')).toEqual({
      anonymous_access: false,
      default_repo_type: 'hg',
      default_repo_private: false,
      default_repo_enable_downloads: false,
      default_repo_enable_statistics: false,
      repository_fields: false,
      clone_uri_tmpl: '{scheme}://{netloc}/{repo}',
    });
  });

  it('change one by one and hold at once', async () => {
    const before = await gateway.call<object>('get_settings');
    const settings = { ...before, default_repo_type: 'git', default_repo_enable_downloads: true };
    expect(
      await gateway.call('update_settings', {
        default_repo_type: 'git',
        default_repo_enable_downloads: 'true',
      }),
    ).toEqual({ msg: 'updated settings', settings });
    expect(await gateway.call('get_settings')).toEqual(settings);
    expect(await gateway.call('update_settings')).toEqual({ msg: 'updated settings', settings });
    await gateway.call('create_repo', { repo_name: 'plain' });
    expect(await gateway.call('get_repo', { repoid: 'plain' })).toMatchObject({
      repo_type: 'git',
      enable_downloads: true,
    });
  });

  it('keep anonymous access and the flag of `default` one truth, and tell of it', async () => {
    expect(await anonymousFlag()).toBe(false);
    expect(await gateway.call('update_settings', { anonymous_access: true })).toMatchObject({
      settings: { anonymous_access: true },
    });
    expect(await anonymousFlag()).toBe(true);
    await gateway.call('update_settings', { anonymous_access: true, repository_fields: false });
    await gateway.call('update_settings', { anonymous_access: false });
    expect(await anonymousFlag()).toBe(false);
    const db = gateway.app.get(Database);
    const events = await db.query<{ data: object }>(
      `SELECT body::json->'data' AS data FROM event WHERE type = 'user.updated' ORDER BY event_id`,
    );
    expect(events.map(({ data }) => data)).toMatchObject([
      { user: { username: 'default', active: true }, changed: ['active'], previous: { active: false } },
      { user: { username: 'default', active: false }, changed: ['active'], previous: { active: true } },
    ]);
  });

  it('that were changed by another process are read anew', async () => {
    const settings = gateway.app.get(GatewaySettings);
    const before = await settings.all();
    await gateway.app.get(Database).query(
      `WITH s AS (INSERT INTO setting (name, value) VALUES ('repository_fields', 'true')
           ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value)
         SELECT pg_notify('forgegate_change', 'another process|settings|')`,
    );
    await expect.poll(() => settings.all()).toEqual({ ...before, repository_fields: true });
  });

  it.each([
    [{ default_repo_type: 'svn' }, /argument `default_repo_type`/],
    [{ anonymous_access: 'perhaps' }, /argument `anonymous_access`/],
    [{ clone_uri_tmpl: '{scheme}://{netloc}/' }, /\{repo\} or \{repoid\} is missing/],
    [{ clone_uri_tmpl: '{scheme}://{host}/{repo}' }, /\{host\} is unknown/],
    [{ clone_uri_tmpl: 'file:///srv/{repo}' }, /no URL of scheme/],
    [{ clone_uri_tmpl: '' }, /argument `clone_uri_tmpl`/],
    [{ ga_code: 'x' }, /Unknown `ga_code` arg/],
  ])('refuse %j', async (args, words) => {
    const before = await gateway.call('get_settings');
    expect(await gateway.refusal('update_settings', args)).toMatch(words);
    expect(await gateway.call('get_settings')).toEqual(before);
  });

  it('take every template that Kallithea has', async () => {
    for (const clone_uri_tmpl of ['{scheme}://{user}@{netloc}/{repo}', 'ssh://git@host/_{repoid}'])
      expect(await gateway.call('update_settings', { clone_uri_tmpl })).toMatchObject({
        settings: { clone_uri_tmpl },
      });
  });

  it('are for super admins', async () => {
    expect(await gateway.refusal('get_settings', {}, eve.key)).toBe(DENIED);
    expect(await gateway.refusal('update_settings', { anonymous_access: true }, eve.key)).toBe(DENIED);
  });
});
