import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definePlugin } from 'forgegate/sdk';
import { createTestGateway } from 'forgegate/sdk/testing';
import { LONGEST_CHAIN } from '../../src/trail/trail.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PluginFolder } from '../harness/plugin-folder.js';

let folder: PluginFolder;
let gateway: TestGateway;
let second: TestGateway;
let ada: { key: string };

/** Remembers what it saw and did in its state, which the method `lives_memory` shows. */
const LIVES = `
  export default {
    setup(ctx) {
      const note = (key, value) => ctx.store.update(key, (list = []) => [...list, value]);
      ctx.on('repo.*', async (event, { id, attempt }) => {
        const tries = event.type === 'repo.deleted' ? await ctx.store.update('tries', (n = 0) => n + 1) : 9;
        if (tries < 3) throw new Error('not yet');
        await note('events', event.type + ' ' + attempt);
      });
      ctx.schedule('tick', { everyMs: 1000 }, () => note('ticks', Date.now()));
      ctx.method('lives_memory', { summary: 'x', requires: 'hg.admin', result: {},
        args: { type: 'object', required: ['key'], properties: { key: { type: 'string' } } } },
        async ({ key }) => (await ctx.store.get(key)) ?? []);
      ctx.page('/', ({ caller }) => ({ body: '<h1>' + (caller ? caller.username : 'nobody') + '</h1>' }), { access: 'public' });
      ctx.page('/echo/*', ({ method, path, query, body, headers }) => ({ status: 201,
        headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method, path, query, body, keys: Object.keys(headers) }) }));
      ctx.page('/admins', () => ({ body: 'secret' }), { access: 'admin' });
      ctx.page('/broken', () => { throw new Error('hidden detail'); });
      ctx.files('/assets/*', 'assets', { access: 'public' });
    },
  };`;

beforeAll(async () => {
  folder = await PluginFolder.make();
  const kinds = ['handler', 'schedule', 'methods', 'pages'];
  await folder.add('lives', { 'index.js': LIVES }, { kinds, capabilities: { events: ['repo.*'] } });
  const assets = join(folder.path, 'lives', 'assets');
  await mkdir(assets);
  await writeFile(join(assets, 'style.css'), 'h1 { color: teal }');
  await symlink('/etc/passwd', join(assets, 'leak.txt'));
  const env = { FORGEGATE_PLUGINS_DIR: folder.path };
  gateway = await startTestGateway(env);
  second = await startTestGateway(env, gateway);
  ada = await gateway.createUser('ada');
});
afterAll(async () => {
  await second.close();
  await gateway.close();
  await folder.remove();
});

const memory = (key: string) => gateway.call<string[]>('lives_memory', { key });

describe('an event handler', () => {
  it('sees what happened once in the cluster, and again when it failed', async () => {
    await gateway.call('create_repo', { repo_name: 'seen' });
    await expect.poll(() => memory('events'), { timeout: 15_000 }).toEqual(['repo.created 1']);
    const { webhooks } = await gateway.call<{ webhooks: { adapter: string; webhook_id: number }[] }>(
      'get_webhooks',
    );
    const queue = webhooks.find(({ adapter }) => adapter === 'plugin:lives:events');
    await gateway.call('update_webhook', { webhook_id: queue?.webhook_id ?? 0, retry_schedule: [0, 0, 0] });
    await gateway.call('delete_repo', { repoid: 'seen' });
    await expect
      .poll(() => memory('events'), { timeout: 15_000 })
      .toEqual(['repo.created 1', 'repo.deleted 3']);
  });

  it('finds what happened while its plugin was disabled', async () => {
    await gateway.call('disable_plugin', { plugin_id: 'lives' });
    await gateway.call('create_repo', { repo_name: 'missed' });
    await gateway.call('enable_plugin', { plugin_id: 'lives' });
    // The other process learns of both a moment later: it may have taken the event to itself, or try it once in vain
    await expect
      .poll(async () => (await memory('events')).at(-1), { timeout: 20_000 })
      .toMatch(/^repo\.created \d$/);
    expect(await memory('events')).toHaveLength(3);
  });

  it('has a queue that nobody else can subscribe with', async () => {
    const refusal = await gateway.refusal('create_webhook', {
      adapter: 'plugin:lives:events',
      event_types: ['*'],
    });
    expect(refusal).toContain('is not one of');
  });
});

describe('a scheduled job', () => {
  it('runs in one process of the cluster at a time', async () => {
    await expect
      .poll(() => memory('ticks').then(({ length }) => length), { timeout: 15_000 })
      .toBeGreaterThan(3);
    const ticks = (await memory('ticks')) as unknown as number[];
    const gaps = ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(900);
  });
});

describe('a page', () => {
  const get = (path: string, key: string | null = null, init: RequestInit = {}) =>
    fetch(`${gateway.url}/_admin/plugins/lives${path}`, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
    });

  it('knows who asks, and is safe by default', async () => {
    const answer = await get('/');
    expect(await answer.text()).toBe('<h1>nobody</h1>');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await (await get('/', ada.key)).text()).toBe('<h1>ada</h1>');
  });

  it('gets the request without credentials', async () => {
    const answer = await get('/echo/a/b?x=1', ada.key, {
      method: 'POST',
      body: 'text',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(201);
    const { keys, ...rest } = (await answer.json()) as { keys: string[] };
    expect(rest).toEqual({ method: 'POST', path: '/echo/a/b', query: { x: '1' }, body: 'text' });
    expect(keys).not.toContain('authorization');
  });

  it('asks for what it was declared with, and tells nobody more', async () => {
    expect((await get('/echo/x')).status).toBe(401);
    expect((await get('/nothing')).status).toBe(401);
    expect((await get('/admins', ada.key)).status).toBe(404);
    expect((await get('/nothing', ada.key)).status).toBe(404);
    expect(await (await get('/admins', gateway.adminKey)).text()).toBe('secret');
    const broken = await get('/broken', ada.key);
    expect([broken.status, await broken.text()]).toEqual([502, 'The plugin does not answer.']);
  });

  it('serves files of its folder and nothing else', async () => {
    const style = await get('/assets/style.css');
    expect([style.headers.get('content-type'), await style.text()]).toEqual([
      'text/css; charset=utf-8',
      'h1 { color: teal }',
    ]);
    for (const path of [
      '/assets/leak.txt',
      '/assets/..%2findex.js',
      '/assets/%2e%2e/index.js',
      '/assets/none',
    ])
      expect((await get(path)).status, path).not.toBe(200);
  });
});

describe('a handler whose calls lead to the events that it sees', () => {
  it('does not go round for ever', async () => {
    const rounds: number[] = [];
    const plugin = definePlugin({
      setup(ctx) {
        ctx.on('repo.updated', async (event) => {
          rounds.push(event.data.event_id);
          const description = `round ${rounds.length}`;
          await ctx.call('update_repo', { repoid: 'round', description });
        });
      },
    });
    const capabilities = { events: ['*'], methods: ['update_repo'], repositories: { write: ['**'] } };
    await folder.add('round', {}, { kinds: ['handler'], capabilities });
    const round = await createTestGateway({ plugins: [{ folder: join(folder.path, 'round'), plugin }] });
    try {
      await round.createRepo('round');
      await round.call('update_repo', { repoid: 'round', description: 'begin' });
      await expect.poll(() => rounds.length).toBe(LONGEST_CHAIN);
      await round.settled();
      expect(rounds).toHaveLength(LONGEST_CHAIN);
      const { description } = await round.call('get_repo', { repoid: 'round' });
      expect(description).toBe(`round ${LONGEST_CHAIN}`);
    } finally {
      await round.close();
    }
  });
});
