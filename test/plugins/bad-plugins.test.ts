import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { createTestGateway } from '../../src/plugin-testing/index.js';
import { definePlugin, type PluginDefinition } from '../../src/sdk/index.js';
import { deliverTo, PluginFolder } from '../harness/plugin-folder.js';

let folder: PluginFolder;
beforeEach(async () => {
  folder = await PluginFolder.make();
});
afterEach(() => folder.remove());

const GOOD = `export default { setup(ctx) {
  ctx.adapter(ctx.id, { deliver: async () => ({ outcome: 'delivered', code: 'OK' }) }); } };`;
const reportOf = (host: PluginHost, id: string) => host.list().find((report) => report.id === id);

/** A gateway whose only plugin is this one. @returns why it does not start */
async function refusalOf(plugin: PluginDefinition, manifest: Record<string, unknown>): Promise<string> {
  await folder.add('bad', {}, manifest);
  const gateway = await createTestGateway({ plugins: [{ folder: `${folder.path}/bad`, plugin }] }).catch(
    (error: Error) => error,
  );
  if (gateway instanceof Error) return gateway.message;
  await gateway.close();
  return 'it runs';
}

/** Worker and child are in test/slow/plugin-isolation.test.ts: memory bombs, endless loops, crashes, `process.exit`. */
describe('a plugin that', () => {
  it('throws while it is loaded is left out, and the others run', async () => {
    await folder.add('bomb', { 'index.js': `throw new Error('at load');` });
    await folder.add('calm', { 'index.js': GOOD });
    const host = await folder.host();
    expect(reportOf(host, 'bomb')).toMatchObject({ state: 'failed', code: 'LOAD_FAILED' });
    expect(reportOf(host, 'bomb')?.reason).toContain('at load');
    expect(await deliverTo(host, 'calm')).toMatchObject({ outcome: 'delivered' });
  });

  it('hangs in deliver is not waited for, and no other adapter is', async () => {
    await folder.add('deaf', {
      'index.js': `export default { setup(ctx) { ctx.adapter('deaf', { deliver: () => new Promise(() => undefined) }); } };`,
    });
    await folder.add('calm', { 'index.js': GOOD });
    const host = await folder.host();
    const hanging = deliverTo(host, 'deaf', 50);
    expect(await deliverTo(host, 'calm')).toMatchObject({ outcome: 'delivered' });
    expect(await hanging).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' });
  });

  it('leaks what it registered leaves nothing behind when it stops', async () => {
    await folder.add(
      'leaky',
      {
        'index.js': `export default { setup(ctx) {
          globalThis.fgLeaked = ctx;
          ctx.adapter('leaky', { deliver: async () => ({ outcome: 'delivered', code: 'OK' }) });
          ctx.on('repo.*', () => undefined);
        } };`,
      },
      { kinds: ['adapter', 'handler'] },
    );
    const host = await folder.host();
    expect(host.adapter('plugin:leaky:events')).toBeDefined();
    await host.onApplicationShutdown();
    expect([host.adapter('leaky'), host.adapter('plugin:leaky:events')]).toEqual([undefined, undefined]);
    const { fgLeaked } = globalThis as unknown as {
      fgLeaked: { adapter(name: string, value: object): void };
    };
    expect(() => fgLeaked.adapter('late', { deliver: () => undefined })).toThrow('during setup only');
  });

  it('has the id of another one is refused, and the first goes on', async () => {
    await folder.add('webhook', { 'index.js': GOOD });
    const plugins = ['one', 'two'].map((name) => ({
      folder: new URL('../../plugins/webhook/', import.meta.url),
      plugin: definePlugin({ setup: (ctx) => ctx.log.debug(name) }),
    }));
    await expect(createTestGateway({ plugins })).rejects.toThrow(
      /plugin `?webhook`?.*(DUPLICATE_ID|another plugin is called webhook)/,
    );
  });

  it('asks for a method without schema or right does not start', async () => {
    const declaring = (declaration: object) =>
      definePlugin({ setup: (ctx) => ctx.method('do_it', declaration as never, () => null) });
    const whole = { summary: 'x', requires: 'authenticated', args: { type: 'object' }, result: {} };
    for (const member of ['requires', 'args', 'result', 'summary']) {
      const refusal = await refusalOf(declaring({ ...whole, [member]: undefined }), { kinds: ['methods'] });
      expect(refusal).toContain(`method do_it has no \`${member}\``);
    }
    const refusal = await refusalOf(declaring({ ...whole, requires: 'everything' }), { kinds: ['methods'] });
    expect(refusal).toContain('METHOD_REFUSED: method do_it: requires: everything is no permission');
  });

  it('waits for an event that nobody records runs, and is told so', async () => {
    const deaf = definePlugin({ setup: (ctx) => ctx.on(['repo.create', 'repo.updated'], () => undefined) });
    await folder.add('deaf', {}, { kinds: ['handler'] });
    const gateway = await createTestGateway({
      plugins: [{ folder: `${folder.path}/deaf`, plugin: deaf }],
    });
    try {
      const { plugin } = await gateway.call<{ plugin: object }>('get_plugin', { plugin_id: 'deaf' });
      expect(plugin).toMatchObject({
        state: 'running',
        // In process nothing keeps its code from the network
        hosts: 'advisory',
        last_error:
          'handler events waits for repo.create, which no event type is called; the nearest one is repo.created',
      });
    } finally {
      await gateway.close();
    }
  });

  it('brings a method that is there already does not start', async () => {
    const thief = definePlugin({
      setup: (ctx) =>
        ctx.method(
          'get_repo',
          { summary: 'x', requires: 'authenticated', args: { type: 'object', properties: {} }, result: {} },
          () => null,
        ),
    });
    expect(await refusalOf(thief, { kinds: ['methods'] })).toContain('METHOD_REFUSED');
  });

  it('asks for more than it declared is refused each time, and nothing goes out', async () => {
    const asked: string[] = [];
    const greedy = definePlugin({
      setup(ctx) {
        ctx.method(
          'be_greedy',
          { summary: 'x', requires: 'authenticated', args: { type: 'object', properties: {} }, result: {} },
          async () => {
            for (const ask of [
              () => ctx.call('get_users'),
              () => ctx.call('get_repo', { repoid: 'secret' }),
              () => ctx.http.request('https://elsewhere.example/'),
              () => ctx.emit('repo.created', {}),
            ])
              asked.push(
                await ask().then(
                  () => 'allowed',
                  (error: Error) => error.message,
                ),
              );
            return null;
          },
        );
      },
    });
    await folder.add(
      'greedy',
      {},
      {
        kinds: ['methods'],
        capabilities: { methods: ['get_repo'], repositories: { read: ['open/**'] }, hosts: ['api.example'] },
      },
    );
    const gateway = await createTestGateway({
      plugins: [{ folder: `${folder.path}/greedy`, plugin: greedy }],
    });
    try {
      await gateway.createRepo('secret');
      await gateway.call('be_greedy');
      expect(asked).toEqual([
        expect.stringContaining('does not name the method get_users'),
        expect.stringMatching(/secret|scope/),
        expect.stringContaining('elsewhere.example is not among capabilities.hosts'),
        expect.stringContaining('is no event type of greedy'),
      ]);
      expect(gateway.requests).toEqual([]);
    } finally {
      await gateway.close();
    }
    expect(
      await refusalOf(definePlugin({ setup: (ctx) => ctx.on('repo.created', () => undefined) }), {
        kinds: ['handler'],
        capabilities: { events: ['gist.*'] },
      }),
    ).toContain('do not name repo.created');
  });
});
