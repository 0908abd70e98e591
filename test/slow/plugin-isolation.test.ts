import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestGateway } from 'forgegate/sdk/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { FakeHttp } from '../../src/sdk/testing/index.js';
import { LONGEST_CHAIN } from '../../src/trail/trail.js';
import { GatewayProcess } from '../harness/gateway-process.js';
import { deliverTo, PluginFolder } from '../harness/plugin-folder.js';

let folder: PluginFolder;
beforeEach(async () => {
  folder = await PluginFolder.make();
});
afterEach(() => folder.remove());

const reportOf = (host: PluginHost, id: string) => host.list().find((report) => report.id === id);

/** An adapter that does what the event's actor is called: works, or breaks in one way or another. */
const MOODY = `
  import { delivered, definePlugin, HttpFailure, outcomeOfFailure, outcomeOfResponse } from 'forgegate/sdk';
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  export default definePlugin({
    setup(ctx) {
      ctx.adapter(ctx.id, {
        url: 'optional', signed: false, summary: 'moody',
        config: { type: 'object', properties: { token: { type: 'string', 'x-secret': true } } },
        async deliver({ event, delivery, attempt, endpoint, signal, http, store }) {
          const mood = event.data.actor.username;
          if (mood === 'crash') { setTimeout(() => { throw 'a text that is no error'; }, 1); await wait(5000); }
          if (mood === 'reject') { Promise.reject(new Error('nobody cares')); await wait(5000); }
          if (mood === 'loop') for (;;);
          if (mood === 'exit') { process.exit(3); }
          if (mood === 'memory') { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }
          if (mood === 'late') await wait(60000);
          if (mood === 'http') {
            try { return outcomeOfResponse(await http.request(endpoint.url, { method: 'PUT', body: 'x' })); }
            catch (error) { return outcomeOfFailure(error); }
          }
          const count = ((await store.get('count')) ?? 0) + 1;
          await store.set('count', count);
          return delivered('OK', { reason: [count, delivery.createdAt.toISOString(), attempt.number, endpoint.config.token].join(' ') });
        },
      });
    },
  });`;

/** The same without an import: in this process `forgegate/sdk` means the sources, which a folder outside does not find. */
const MOODY_IN_PROCESS = MOODY.replace(
  /import .*;/,
  `const definePlugin = (plugin) => plugin; const delivered = (code, more) => ({ outcome: 'delivered', code, ...more });`,
);

const mood = (username: string, url = 'https://receiver.example/hook') => ({
  event: { type: 'repo.created', data: { actor: { username } } } as never,
  endpoint: { url, config: { token: 's3cret' }, secrets: [] },
});

describe.each(['worker', 'child'])('a plugin in a %s', (isolation) => {
  beforeEach(() => folder.add('moody', { 'index.js': MOODY }, { isolation, memoryMb: 64 }));

  it('delivers with the same context as in process', async () => {
    const host = await folder.host();
    expect(reportOf(host, 'moody')).toMatchObject({ state: 'running', isolation, adapters: ['moody'] });
    expect(host.adapter('moody')?.config.secretNames).toEqual(new Set(['token']));
    for (const count of [1, 2]) {
      expect(await deliverTo(host, 'moody', 5_000, mood('ada'))).toEqual({
        outcome: 'delivered',
        code: 'OK',
        reason: `${count} 2026-03-06T10:15:33.130Z 1 s3cret`,
      });
    }
  });

  it('reaches the network through the delivery, whose failures keep their kind', async () => {
    const { HttpFailure } = await import('../../src/sdk/index.js');
    const host = await folder.host();
    const http = new FakeHttp({ status: 202 }, new HttpFailure('blocked', 'ADDRESS_BLOCKED', 'not public'));
    const attempt = () => deliverTo(host, 'moody', 5_000, { ...mood('http'), http });
    expect(await attempt()).toMatchObject({ outcome: 'delivered', status: 202 });
    expect(await attempt()).toEqual({ outcome: 'blocked', code: 'ADDRESS_BLOCKED', reason: 'not public' });
    expect(http.requests[0]).toEqual({
      url: 'https://receiver.example/hook',
      request: expect.objectContaining({ method: 'PUT', body: 'x' }),
    });
  });

  it.each(['crash', 'reject', 'loop', 'exit', 'memory'])(
    'is replaced after: %s; the gateway goes on meanwhile',
    async (how) => {
      await folder.add('calm', { 'index.js': MOODY_IN_PROCESS });
      const host = await folder.host();
      const broken = deliverTo(host, 'moody', how === 'memory' ? 20_000 : 500, mood(how));
      expect(await deliverTo(host, 'calm', 5_000, mood('ada'))).toMatchObject({ outcome: 'delivered' });
      expect(['local_fault', 'retry']).toContain((await broken).outcome);
      await vi.waitFor(() => expect(reportOf(host, 'moody')?.last_error).toBeTruthy(), 20_000);
      await vi.waitFor(async () => {
        expect(await deliverTo(host, 'moody', 5_000, mood('ada'))).toMatchObject({ outcome: 'delivered' });
      }, 20_000);
      expect(reportOf(host, 'moody')).toMatchObject({ state: 'running', code: null });
    },
  );

  it('is not killed for being late, as long as it is there', async () => {
    const host = await folder.host();
    expect(await deliverTo(host, 'moody', 50, mood('late'))).toMatchObject({ code: 'TIMEOUT' });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(reportOf(host, 'moody')).toMatchObject({ state: 'running', last_error: null });
  });

  it('is paused when it keeps losing its process, says why, and starts again when it is told to', async () => {
    const host = await folder.host();
    await vi.waitFor(async () => {
      await deliverTo(host, 'moody', 500, mood('exit'));
      expect(reportOf(host, 'moody')).toMatchObject({ state: 'paused', code: 'KEEPS_CRASHING' });
    }, 60_000);
    expect(await deliverTo(host, 'moody', 500, mood('ada'))).toMatchObject({ code: 'PLUGIN_AWAY' });
    await host.apply('moody');
    expect(await deliverTo(host, 'moody', 5_000, mood('ada'))).toMatchObject({ outcome: 'delivered' });
  });
});

describe('a plugin in the process of the gateway', () => {
  it.each(['crash', 'reject', 'exit'])('does not end it by: %s', async (how) => {
    await folder.add('moody', { 'index.js': MOODY_IN_PROCESS });
    const host = await folder.host();
    const broken = deliverTo(host, 'moody', 300, mood(how));
    expect((await broken).outcome).toBe('retry');
    expect(reportOf(host, 'moody')?.last_error).toBeTruthy();
    expect(await deliverTo(host, 'moody', 5_000, mood('ada'))).toMatchObject({ outcome: 'delivered' });
  });
});

describe('a plugin that blocks the process of the gateway', () => {
  it('is named, by its line, while it does and afterwards', async () => {
    const code = `export default { setup(ctx) {
      ctx.method('block_for', { summary: 'x', requires: 'hg.admin', result: {},
        args: { type: 'object', required: ['ms'], properties: { ms: { type: 'integer' } } } }, ({ ms }) => {
          const end = Date.now() + ms;
          while (Date.now() < end); // line 5
          return null;
        });
    } };`;
    await folder.add('blocker', { 'index.js': code }, { kinds: ['methods'] });
    const home = await mkdtemp(join(tmpdir(), 'forgegate-blocked-'));
    const gateway = await GatewayProcess.start(home, { FORGEGATE_PLUGINS_DIR: folder.path });
    try {
      await gateway.call('block_for', { ms: 3_000 });
      const named = 'plugin blocker blocks the gateway: it does not come back from index.js:5';
      await vi.waitFor(() => expect(gateway.output).toContain(named), 10_000);
      await vi.waitFor(async () => {
        const { plugin } = await gateway.call<{ plugin: { last_error: string } }>('get_plugin', {
          plugin_id: 'blocker',
        });
        expect(plugin.last_error).toMatch(/^blocked the gateway for more than \d+ ms at index\.js:5$/);
      }, 10_000);
      void gateway.call('block_for', { ms: 600_000 }).catch(() => undefined);
      await vi.waitFor(() => expect(gateway.output.split(named)).toHaveLength(3), 20_000);
    } finally {
      await gateway.kill();
      await rm(home, { recursive: true, force: true });
    }
  });
});

describe('the clock of a plugin elsewhere', () => {
  it.each(['worker', 'child'])(
    'is moved on by tests, also that of its next process: %s',
    async (isolation) => {
      const code = `export default { setup(ctx) {
      const declared = { requires: 'authenticated', args: { type: 'object' }, result: {} };
      ctx.method('get_time', { summary: 'Show the time', ...declared }, () => ctx.now().getTime());
      ctx.method('die', { summary: 'End', ...declared }, () => process.exit(1));
    } };`;
      await folder.add('late', { 'index.js': code }, { kinds: ['methods'], isolation });
      const gateway = await createTestGateway({ plugins: [{ folder: join(folder.path, 'late') }] });
      try {
        const aheadMs = async () => Number(await gateway.call<unknown>('get_time')) - Date.now();
        const { plugin } = await gateway.call<{ plugin: { hosts: string } }>('get_plugin', {
          plugin_id: 'late',
        });
        expect(isolation === 'worker' ? ['advisory'] : ['enforced', 'advisory']).toContain(plugin.hosts);
        expect(await aheadMs()).toBeLessThan(3_600_000);
        await gateway.advance(86_400_000);
        expect(await aheadMs()).toBeGreaterThan(80_000_000);
        await gateway.refusal('die');
        await vi.waitFor(async () => expect(await aheadMs()).toBeGreaterThan(80_000_000), 20_000);
      } finally {
        await gateway.close();
      }
    },
  );
});

describe('the calls of a plugin elsewhere', () => {
  it.each(['worker', 'child'])('belong to the chain of events that they come from: %s', async (isolation) => {
    const code = `export default { setup(ctx) {
      ctx.on('repo.updated', async () => {
        const rounds = await ctx.store.update('rounds', (n = 0) => n + 1);
        await ctx.call('update_repo', { repoid: 'round', description: 'round ' + rounds });
      });
    } };`;
    const capabilities = { events: ['*'], methods: ['update_repo'], repositories: { write: ['**'] } };
    await folder.add('round', { 'index.js': code }, { kinds: ['handler'], capabilities, isolation });
    const gateway = await createTestGateway({ plugins: [{ folder: join(folder.path, 'round') }] });
    try {
      await gateway.createRepo('round');
      await gateway.call('update_repo', { repoid: 'round', description: 'begin' });
      const description = async () =>
        (await gateway.call<{ description: string }>('get_repo', { repoid: 'round' })).description;
      await vi.waitFor(async () => expect(await description()).toBe(`round ${LONGEST_CHAIN}`), 20_000);
      await gateway.settled();
      expect(await description()).toBe(`round ${LONGEST_CHAIN}`);
    } finally {
      await gateway.close();
    }
  });
});

describe('a plugin in Python, with nothing but its standard library', () => {
  it('delivers, keeps state and is confined', async () => {
    await folder.add(
      'snake',
      { 'main.py': SNAKE },
      { isolation: 'child', command: ['python3', '-I', 'main.py'], memoryMb: 64 },
    );
    const host = await folder.host();
    expect(reportOf(host, 'snake')).toMatchObject({ state: 'running', adapters: ['snake'] });
    expect(await deliverTo(host, 'snake', 5_000, mood('ada'))).toMatchObject({
      outcome: 'delivered',
      reason: '1',
    });
    expect(await deliverTo(host, 'snake', 5_000, mood('ada'))).toMatchObject({ reason: '2' });
    const { outcome, reason } = await deliverTo(host, 'snake', 20_000, mood('memory'));
    expect([outcome, reason]).toEqual(['retry', 'MemoryError']);
    const network = await deliverTo(host, 'snake', 5_000, mood('network'));
    if (reportOf(host, 'snake')?.hosts === 'enforced') expect(network.reason).toMatch(/unreachable/i);
  });
});

const SNAKE = `
import json, socket, sys

last_id = 0

def send(message):
    sys.stdout.write(json.dumps({'jsonrpc': '2.0', **message}) + '\\n')
    sys.stdout.flush()

def ask(method, params):
    global last_id
    last_id += 1
    send({'id': last_id, 'method': method, 'params': params})
    for line in sys.stdin:
        message = json.loads(line)
        if message.get('id') == last_id and 'method' not in message:
            return message['result']

def deliver(params):
    mood = params['event']['data']['actor']['username']
    if mood == 'memory':
        try:
            everything = ['x' * 1000000 for _ in range(100000)]
        except MemoryError:
            return {'outcome': 'retry', 'code': 'MEMORY', 'reason': 'MemoryError'}
    if mood == 'network':
        try:
            socket.create_connection(('192.0.2.1', 9), timeout=1)
        except OSError as error:
            return {'outcome': 'retry', 'code': 'NETWORK', 'reason': str(error)}
    count = (ask('store.get', {'key': 'count'})['value'] or 0) + 1
    ask('store.set', {'key': 'count', 'value': count})
    return {'outcome': 'delivered', 'code': 'OK', 'reason': str(count)}

ANSWERS = {
    'setup': lambda params: {'adapters': [{'name': 'snake', 'url': 'optional', 'signed': False}]},
    'deliver': deliver,
}

for line in sys.stdin:
    message = json.loads(line)
    if 'id' not in message:
        continue
    result = ANSWERS.get(message['method'], lambda params: None)(message['params'])
    send({'id': message['id'], 'result': result})
`;
