import { afterEach, describe, expect, it } from 'vitest';
import {
  definePlugin,
  delivered,
  HttpFailure,
  outcomeOfFailure,
  outcomeOfResponse,
  pullRequestCreated,
  type PluginDefinition,
} from 'forgegate/sdk';
import { createTestGateway, deliverContext, type TestGateway } from 'forgegate/sdk/testing';
import { PluginFolder } from '../harness/plugin-folder.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A gateway with one plugin, whose manifest is written for it. */
async function gatewayWith(
  plugin: PluginDefinition<never>,
  manifest: Record<string, unknown>,
  config?: Record<string, string>,
): Promise<TestGateway> {
  const folder = await PluginFolder.make();
  open.push({ close: () => folder.remove() });
  await folder.add('under-test', {}, manifest);
  const gateway = await createTestGateway({
    plugins: [{ folder: `${folder.path}/under-test`, plugin, ...(config && { config }) }],
  });
  open.unshift(gateway);
  return gateway;
}

const chat = definePlugin({
  setup(ctx) {
    ctx.adapter('chat', {
      signed: false,
      async deliver({ event, endpoint, http }) {
        try {
          return outcomeOfResponse(await http.request(endpoint.url, { body: event.type }));
        } catch (error) {
          return outcomeOfFailure(error);
        }
      },
    });
  },
});

describe('createTestGateway', () => {
  it('keeps what an adapter sends, answers it, and lets the time between attempts pass', async () => {
    const gateway = await gatewayWith(chat, { kinds: ['adapter'] });
    gateway.answer(() =>
      gateway.requests.length < 2 ? new HttpFailure('remote', 'RESET', 'reset') : { status: 202 },
    );
    const { webhook_id } = await gateway.call('create_webhook', {
      adapter: 'chat',
      url: 'https://chat.example/room',
      event_types: ['repo.created'],
      retry_schedule: [3600],
    });
    await gateway.createRepo('demo');
    await gateway.captured(1);
    await gateway.settled();
    expect(gateway.requests).toHaveLength(1);
    await gateway.advance(3_600_000 * 2);
    await gateway.captured(2);
    await gateway.settled();
    expect(gateway.requests.map(({ url, body }) => [url, body])).toEqual([
      ['https://chat.example/room', 'repo.created'],
      ['https://chat.example/room', 'repo.created'],
    ]);
    const { deliveries } = await gateway.call<{ deliveries: object[] }>('get_deliveries', { webhook_id });
    expect(deliveries).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('lets the pauses of an endpoint pass that asked for one', async () => {
    const gateway = await gatewayWith(chat, { kinds: ['adapter'] });
    gateway.answer(() =>
      gateway.requests.length < 2 ? { status: 429, headers: { 'retry-after': '3600' } } : {},
    );
    const room = { adapter: 'chat', url: 'https://chat.example/room', event_types: ['repo.created'] };
    await gateway.call('create_webhook', { ...room, retry_schedule: [60] });
    await gateway.createRepo('demo');
    await gateway.captured(1);
    await gateway.settled();
    await gateway.advance(3_600_000);
    expect(await gateway.captured(2)).toHaveLength(2);
  });

  it('lets the time of a plugin pass, and its pause', async () => {
    let isBroken = true;
    const plugin = definePlugin({
      setup(ctx) {
        const declared = { requires: 'authenticated', args: { type: 'object' }, result: {} };
        ctx.method('get_time', { summary: 'Show the time', ...declared }, () => {
          if (isBroken) throw new Error('broken');
          return ctx.now().getTime();
        });
      },
    });
    const gateway = await gatewayWith(plugin, { kinds: ['methods'] });
    for (let count = 0; count < 10; count += 1) await gateway.refusal('get_time');
    isBroken = false;
    expect(await gateway.refusal('get_time')).toContain('is paused');
    await gateway.advance(60_000);
    const before = await gateway.call<unknown>('get_time');
    await gateway.advance(86_400_000);
    expect(Number(await gateway.call<unknown>('get_time')) - Number(before)).toBeGreaterThanOrEqual(
      86_400_000,
    );
  });

  it('has real repositories, whose pushes a policy sees', async () => {
    const policy = definePlugin({
      setup(ctx) {
        ctx.policy({ actions: ['push'], onFailure: 'closed' }, ({ commits = [] }) =>
          commits.some(({ message }) => message.startsWith('wip'))
            ? { allow: false, reason: 'not yet' }
            : { allow: true },
        );
      },
    });
    const gateway = await gatewayWith(policy, { kinds: ['policy'] });
    const repo = await gateway.createRepo('demo', { files: { 'a.txt': 'a' } });
    await expect(repo.push({ 'a.txt': 'b' }, { message: 'wip' })).rejects.toThrow('not yet');
    const pushed = await repo.push({ 'b/c.txt': 'c' }, { message: 'Done', branch: 'topic' });
    const commits = await gateway.call<{ raw_id: string }[]>('get_changesets', {
      repoid: 'demo',
      branch_name: 'topic',
    });
    expect(commits).toHaveLength(2);
    expect(commits.map(({ raw_id }) => raw_id)).toContain(pushed);
  });

  it('replays events to handlers and makes scheduled jobs due', async () => {
    const seen: string[] = [];
    const handler = definePlugin({
      setup(ctx) {
        ctx.on('pull_request.*', (event) => void seen.push(event.type));
        ctx.schedule('daily', { everyMs: 86_400_000 }, () => void seen.push('a day'));
      },
    });
    const gateway = await gatewayWith(handler, { kinds: ['handler', 'schedule'] });
    const { event } = deliverContext({ contract: pullRequestCreated });
    await gateway.replay(event);
    await expect.poll(() => seen).toEqual(['pull_request.created']);
    await gateway.advance(86_400_000);
    expect(seen).toEqual(['pull_request.created', 'a day']);
  });

  it('gives settings, and says why a plugin does not run', async () => {
    const config = { type: 'object', properties: { word: { type: 'string', maxLength: 3 } } };
    const asked: unknown[] = [];
    const plugin = definePlugin<{ word?: string }>({
      setup(ctx) {
        asked.push(ctx.config.word);
        if (ctx.config.word === 'no') throw new Error('I will not');
      },
    });
    await gatewayWith(plugin, { kinds: ['handler'], config }, { word: 'yes' });
    expect(asked.at(-1)).toBe('yes');
    await expect(gatewayWith(plugin, { kinds: ['handler'], config }, { word: 'no' })).rejects.toThrow(
      'plugin under-test does not run: SETUP_FAILED: setup failed: I will not',
    );
    await expect(
      gatewayWith(
        definePlugin({ setup: (ctx) => ctx.adapter('x', { deliver: async () => delivered('OK') }) }),
        {
          kinds: ['policy'],
        },
      ),
    ).rejects.toThrow('does not name the kind adapter');
  });

  it('takes settings, such as the way out of the range of the plugin API', async () => {
    const folder = await PluginFolder.make();
    open.push({ close: () => folder.remove() });
    await folder.add('too-new', {}, { sdk: '^9.0.0' });
    const plugins = [{ folder: `${folder.path}/too-new`, plugin: chat }];
    await expect(createTestGateway({ plugins })).rejects.toThrow('it needs plugin API ^9.0.0');
    const settings = { FORGEGATE_PLUGINS_IGNORE_SDK_RANGE: 'too-new' };
    const gateway = await createTestGateway({ plugins, settings });
    open.unshift(gateway);
    const shown = await gateway.call('get_plugin', { plugin_id: 'too-new' });
    expect(shown).toMatchObject({ plugin: { state: 'running', adapters: ['chat'] } });
  });
});
