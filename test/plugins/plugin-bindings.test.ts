import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PluginFolder } from '../harness/plugin-folder.js';

let folder: PluginFolder;
let gateway: TestGateway;
let second: TestGateway;
let ada: { key: string };

/** Without an import: in a test `forgegate/sdk` means the sources, which a folder outside does not find. */
const STATS = `
  export default {
    setup(ctx) {
      const size = { summary: 'Say how long a name is', requires: { repo: 'read' },
        args: { $id: 'urn:stats:args', type: 'object', required: ['repoid'], properties: {
          repoid: { type: ['string', 'integer'], description: 'name or id' }, times: { type: 'integer', default: 1 } } },
        result: { $id: 'urn:stats:size', title: 'RepoDetails', type: 'object', required: ['size'],
          properties: { size: { type: 'integer' }, by: { type: 'string' } } } };
      ctx.method('name_size', size, async ({ repoid, times }, { caller }) => {
        const repo = await ctx.call('get_repo', { repoid });
        return { size: repo.repo_name.length * times, by: caller.username };
      });
      const plain = (requires) => ({ summary: 'x', requires, args: { type: 'object', properties: {} }, result: {} });
      ctx.method('greet', plain('authenticated'), () => ctx.config.greeting);
      ctx.method('reveal', plain('hg.admin'), () => ctx.config.token ?? null);
      ctx.method('overreach', plain('hg.admin'), () => ctx.call('get_users'));
      ctx.method('misjudge', { ...size, requires: 'hg.admin' }, () => ({ size: 'long' }));
      ctx.method('break_down', plain('hg.admin'), () => { throw new Error('secret detail'); });
      ctx.event({ type: 'stats.counted', version: 1, summary: 'Something was counted',
        schema: { $id: 'urn:stats:count', type: 'object', required: ['count'], properties: { count: { type: 'integer' } } }, example: { count: 3 } });
      ctx.method('count', { ...plain('authenticated'), emits: ['stats.counted'] }, () => ctx.emit('stats.counted', { count: 7 }));
    },
  };`;

beforeAll(async () => {
  folder = await PluginFolder.make();
  await folder.add(
    'stats',
    { 'index.js': STATS },
    {
      kinds: ['methods', 'events'],
      capabilities: { methods: ['get_repo'], repositories: { read: ['open/**', 'open'] } },
      config: {
        type: 'object',
        additionalProperties: false,
        properties: {
          greeting: { type: 'string', default: 'hello', maxLength: 20 },
          token: { type: 'string', 'x-secret': true },
        },
      },
    },
  );
  await folder.add(
    'thief',
    { 'index.js': STATS.replaceAll('name_size', 'get_repo').replaceAll('stats.', 'thief.') },
    {
      kinds: ['methods', 'events'],
      capabilities: {},
    },
  );
  gateway = await startTestGateway({ FORGEGATE_PLUGINS_DIR: folder.path });
  second = await startTestGateway({ FORGEGATE_PLUGINS_DIR: folder.path }, gateway);
  ada = await gateway.createUser('ada');
  await gateway.call('create_repo', { repo_name: 'open' });
  await gateway.call('create_repo', { repo_name: 'closed', private: true });
});
afterAll(async () => {
  await second.close();
  await gateway.close();
  await folder.remove();
});

describe('a method of a plugin', () => {
  it('answers in every dialect, with bound, coerced and checked arguments', async () => {
    expect(await gateway.call('name_size', { repoid: 'open' }, ada.key)).toEqual({ size: 4, by: 'ada' });
    expect(await gateway.call('name_size', { repo: 'open', times: '2' })).toEqual({ size: 8, by: 'admin' });
    const { result } = await gateway.rpc('name_size', { repoid: 'open' });
    expect(result).toEqual({ size: 4, by: 'admin' });
    expect(await gateway.refusal('name_size')).toBe('Missing non optional `repoid` arg in JSON DATA');
    expect(await gateway.refusal('name_size', { repoid: 'open', size: 1 })).toBe(
      'Unknown `size` arg in JSON DATA',
    );
    expect(await gateway.refusal('name_size', { repoid: 'open', times: 'many' })).toContain('`times`');
  });

  it('stands behind the guard: hidden is missing, and keys keep to their scopes', async () => {
    expect(await gateway.refusal('name_size', { repoid: 'closed' }, ada.key)).toBe(
      'repository `closed` does not exist',
    );
    expect(await gateway.refusal('reveal', {}, ada.key)).toBe('Access was denied to this resource.');
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { scopes: ['get_*'] });
    expect(await gateway.refusal('greet', {}, api_key)).toContain('lacks the scope `greet`');
  });

  it('calls others within the capabilities of the plugin only', async () => {
    expect(await gateway.refusal('name_size', { repoid: 'closed' })).toBe('Internal server error');
    expect(await gateway.refusal('overreach')).toBe('Internal server error');
  });

  it('neither answers what it did not declare nor tells what broke', async () => {
    expect(await gateway.refusal('misjudge', { repoid: 'open' })).toBe('Internal server error');
    expect(await gateway.refusal('break_down')).toBe('Internal server error');
  });

  it('is described by rpc.discover, with shapes that may be called like those of the gateway', async () => {
    const { result } = await gateway.rpc('rpc.discover');
    const { methods, components } = result as {
      methods: { name: string; params: { name: string }[]; result: { schema: object } }[];
      components: { schemas: Record<string, object> };
    };
    const found = methods.find(({ name }) => name === 'name_size');
    expect(found?.params.map(({ name }) => name)).toEqual(['repoid', 'times']);
    expect(found?.result.schema).toMatchObject({ title: 'RepoDetails', required: ['size'] });
    expect(components.schemas['RepoDetails']).toMatchObject({ properties: { repo_name: {} } });
  });

  it('cannot take the name of another one', async () => {
    const plugins = await gateway.call<{ plugin_id: string }[]>('get_plugins');
    expect(plugins.find(({ plugin_id }) => plugin_id === 'thief')).toMatchObject({
      state: 'failed',
      code: 'METHOD_REFUSED',
      reason: expect.stringContaining('get_repo'),
      methods: [],
    });
  });
});

describe('an event of a plugin', () => {
  it('reaches subscribers like any other', async () => {
    const { webhook_id } = await gateway.call<{ webhook_id: number }>('create_webhook', {
      url: 'http://127.0.0.1:9/',
      event_types: ['stats.*'],
    });
    const eventId = await gateway.call<number>('count', {}, ada.key);
    await expect
      .poll(async () => {
        const { deliveries } = await gateway.call<{ deliveries: { event_id: number; event_type: string }[] }>(
          'get_deliveries',
          { webhook_id },
        );
        return deliveries.map(({ event_id, event_type }) => [event_id, event_type]);
      })
      .toEqual([[eventId, 'stats.counted']]);
  });
});

describe('switching and configuring a plugin', () => {
  it('withdraws its methods and brings them back, in every process', async () => {
    const { plugin } = await gateway.call<{ plugin: object }>('disable_plugin', { plugin_id: 'stats' });
    expect(plugin).toMatchObject({ state: 'disabled', enabled: false, methods: [] });
    expect(await gateway.refusal('greet')).toBe('No such method: greet');
    await expect.poll(() => second.refusal('greet').catch(() => 'served')).toBe('No such method: greet');
    await gateway.call('enable_plugin', { plugin_id: 'stats' });
    expect(await gateway.call('greet')).toBe('hello');
    await expect.poll(() => second.call('greet').catch(() => 'gone')).toBe('hello');
  });

  it('gives it its new settings, everywhere, and keeps secrets to itself', async () => {
    const configure = (config: object) => gateway.call('configure_plugin', { plugin_id: 'stats', config });
    await configure({ greeting: 'hi', token: 's3cret' });
    expect(await gateway.call('greet')).toBe('hi');
    await expect.poll(() => second.call('greet')).toBe('hi');
    const shown = await gateway.call('get_plugin', { plugin_id: 'stats' });
    expect(shown).toMatchObject({ config: { greeting: 'hi', token: '********' } });
    expect(JSON.stringify(shown)).not.toContain('s3cret');
    await configure({ greeting: 'hey' });
    await gateway.call('disable_plugin', { plugin_id: 'stats' });
    await gateway.call('enable_plugin', { plugin_id: 'stats' });
    expect(await gateway.call('reveal')).toBe('s3cret');
    expect(await gateway.call('greet')).toBe('hey');
  });

  it('refuses settings that the schema does not know, naming the member', async () => {
    const refusal = (config: object) => gateway.refusal('configure_plugin', { plugin_id: 'stats', config });
    expect(await refusal({ greting: 'hi' })).toContain('config.greting is not known');
    expect(await refusal({ greeting: 'x'.repeat(21) })).toContain('config.greeting');
    expect(await gateway.refusal('configure_plugin', { plugin_id: 'nobody', config: {} })).toBe(
      'plugin `nobody` does not exist',
    );
    expect(await gateway.refusal('get_plugins', {}, ada.key)).toBe('Access was denied to this resource.');
  });
});
