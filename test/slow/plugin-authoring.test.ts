import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayProcess } from '../harness/gateway-process.js';
import { PluginFolder } from '../harness/plugin-folder.js';
import { verifySignature, WebhookReceiver } from '../harness/webhook-receiver.js';

const CLONE = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);
const PROGRAM = join(CLONE, 'bin/forgegate.mjs');

let home: string;
let running: Program[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'forgegate-authoring-'));
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop();
  running = [];
  await rm(home, { recursive: true, force: true });
});

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  FORGEGATE_HOME: join(home, 'gateway'),
  PORT: '0',
  ...more,
});

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const run = (args: string[], env: Record<string, string> = {}, cwd = CLONE): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env: environment(env), cwd }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

/** A command that goes on until it is stopped. */
class Program {
  output = '';
  private readonly child: ChildProcess;

  constructor(args: string[], env: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], { env: environment(env), cwd: CLONE });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    running.push(this);
  }

  async prints(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.output).toMatch(text), { timeout: 60_000, interval: 50 });
  }

  /** @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGINT');
      await once(this.child, 'exit');
    }
    return this.child.exitCode;
  }
}

interface Finding {
  what: string;
  state: string;
  text: string;
  remedy?: string;
}
const findings = async (env: Record<string, string> = {}) => {
  const { code, stdout } = await run(['doctor', '--json'], env);
  return { code, found: JSON.parse(stdout) as Finding[] };
};
const about = (found: Finding[], what: string) => found.find((finding) => finding.what === what);

describe('forgegate doctor', () => {
  it('finds a machine fine on which nothing has been started yet', async () => {
    const { code, found } = await findings();
    expect(code).toBe(0);
    expect(about(found, 'git')?.state).toBe('ok');
    expect(about(found, 'database')).toMatchObject({
      state: 'note',
      remedy: expect.stringContaining('npm start'),
    });
    expect(about(found, 'plugin webhook')).toMatchObject({ state: 'ok' });
    expect(found.filter(({ state }) => state === 'broken')).toEqual([]);
  });

  it('explains every plugin that does not load, with what mends it, and ends with 1', async () => {
    const folder = await PluginFolder.make();
    const good = 'export default { setup() {} };';
    await folder.add('too-new', { 'index.js': good }, { sdk: '^9.0.0' });
    await folder.add('unbuilt', { 'index.ts.txt': good });
    await folder.add('thrower', { 'index.js': `export default { setup() { throw new Error('no key'); } };` });
    await folder.add('source', { 'index.ts': good });
    await folder.add('missing', {}, { isolation: 'child', command: ['no-such-program'] });
    const method = `ctx.method('x', { summary: 'x', requires: 'admin', args: { type: 'object' }, result: {} }, () => 1)`;
    await folder.add(
      'lax',
      { 'index.js': `export default { setup(ctx) { ${method} } };` },
      { kinds: ['methods'] },
    );
    await folder.add('needy', { 'index.js': good }, { config: { type: 'object', required: ['token'] } });
    try {
      const { code, found } = await findings({
        FORGEGATE_PLUGINS_DIR: folder.path,
        FORGEGATE_PLUGINS: 'not-there',
      });
      expect(code).toBe(1);
      expect(about(found, 'plugin source')?.text).toContain('there is index.ts, but no index.js');
      expect(about(found, 'plugin missing')?.text).toContain('is no-such-program there?');
      expect(about(found, 'plugin lax')?.text).toContain('METHOD_REFUSED: method x: requires: admin is no');
      const shown = ['too-new', 'unbuilt', 'thrower', 'needy', 'not-there'].map((id) =>
        about(found, `plugin ${id}`),
      );
      expect(shown).toEqual([
        expect.objectContaining({
          text: expect.stringContaining('SDK_MISMATCH'),
          remedy: expect.stringContaining('IGNORE_SDK_RANGE'),
        }),
        expect.objectContaining({
          text: expect.stringContaining('ENTRY_MISSING'),
          remedy: expect.stringContaining('Build the plugin'),
        }),
        expect.objectContaining({
          text: expect.stringContaining('no key'),
          remedy: expect.stringContaining('what its setup threw'),
        }),
        expect.objectContaining({
          text: expect.stringContaining('config.token'),
          remedy: expect.stringContaining('configure_plugin'),
        }),
        expect.objectContaining({
          text: expect.stringContaining('NOT_INSTALLED'),
          remedy: expect.stringContaining('npm install'),
        }),
      ]);
    } finally {
      await folder.remove();
    }
  });

  it('asks a gateway that runs, and names settings and databases that do not do', async () => {
    expect((await findings({ FORGEGATE_PLUGIN_DIR: '/x' })).found).toEqual([
      expect.objectContaining({
        what: 'settings',
        state: 'broken',
        text: expect.stringContaining('FORGEGATE_PLUGINS_DIR'),
      }),
    ]);
    const { found } = await findings({ DATABASE_URL: 'postgres://nobody:s3cret@127.0.0.1:1/x' });
    expect(about(found, 'database')).toMatchObject({
      state: 'broken',
      remedy: expect.stringContaining('DATABASE_URL'),
    });
    expect(JSON.stringify(found)).not.toContain('s3cret');
    const gateway = await GatewayProcess.start(join(home, 'gateway'));
    try {
      await gateway.call('disable_plugin', { plugin_id: 'webhook' });
      const asked = await findings({ PORT: new URL(gateway.url).port });
      expect(about(asked.found, 'gateway')).toMatchObject({
        state: 'ok',
        text: expect.stringContaining(gateway.url),
      });
      expect(about(asked.found, 'plugin webhook')).toMatchObject({
        state: 'note',
        text: expect.stringContaining('DISABLED'),
        remedy: 'enable_plugin starts it.',
      });
    } finally {
      await gateway.stop();
    }
  });
});

describe('forgegate listen', () => {
  it('forwards live events to a URL, signed, and to a plugin', async () => {
    const receiver = await WebhookReceiver.start();
    const gateway = await GatewayProcess.start(join(home, 'gateway'));
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const connection = ['--apihost', gateway.url, '--apikey', gateway.adminKey, '--events', 'repo.created'];
    try {
      const forwarding = new Program([
        'listen',
        ...connection,
        '--forward-to',
        receiver.url,
        '--secret',
        secret,
      ]);
      const plugin = join(CLONE, 'dist/plugins/webhook');
      const inPlugin = new Program([
        'listen',
        ...connection,
        '--plugin',
        plugin,
        '--url',
        `${receiver.url}/plugin`,
      ]);
      await forwarding.prints('Listening');
      await inPlugin.prints('Listening');
      // The stream tells what happens from when it is open
      let count = 0;
      await vi.waitFor(
        async () => {
          await gateway.call('create_repo', { repo_name: `r${(count += 1)}` });
          expect(new Set(receiver.received.map(({ path }) => path))).toEqual(
            new Set(['/hook', '/hook/plugin']),
          );
        },
        { timeout: 60_000, interval: 500 },
      );
      const forwarded = receiver.received.find(({ path }) => path === '/hook');
      expect(forwarded?.event.type).toBe('repo.created');
      expect(() => verifySignature(secret, forwarded as NonNullable<typeof forwarded>)).not.toThrow();
      await forwarding.prints(/repo\.created {2}-> 200/);
      await inPlugin.prints(/repo\.created {2}-> webhook delivered HTTP_200/);
      expect(await forwarding.stop()).toBe(0);
      expect(await inPlugin.stop()).toBe(0);
    } finally {
      await gateway.stop();
      await receiver.close();
    }
  });

  it('says what the gateway does not like', async () => {
    const gateway = await GatewayProcess.start(join(home, 'gateway'));
    try {
      const { code, stderr } = await run(['listen', '--apihost', gateway.url, '--apikey', 'wrong']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('401')]);
    } finally {
      await gateway.stop();
    }
  });
});

const METHODS = `import { definePlugin } from 'forgegate/sdk';
export default definePlugin({
  setup(ctx) {
    ctx.event({ type: 'motto.set', version: 1, summary: 'A motto was set',
      schema: { type: 'object', properties: { text: { type: 'string' } } }, example: { text: 'x' } });
    ctx.method<{ text: string }>('get_motto', {
      summary: 'Show a motto', requires: 'authenticated', emits: ['motto.set'],
      args: { type: 'object', required: ['text'], properties: { text: { type: 'string', description: 'its words' }, 'a-b': {} } },
      result: { type: 'object', required: ['shown-as'], properties: { 'shown-as': { enum: ['plain', 'loud'] } } },
    }, ({ text }) => ({ 'shown-as': text.endsWith('!') ? 'loud' : 'plain' }));
  },
});
`;
const MANIFEST = { id: 'motto', version: '1.0.0', sdk: '^1.2.0', summary: 'Mottos', isolation: 'process' };

describe('what a plugin declares', () => {
  it('becomes a page, an OpenRPC document and a client that compiles and calls it', async () => {
    const folder = join(home, 'plugins/motto');
    await mkdir(folder, { recursive: true });
    const manifest = { ...MANIFEST, kinds: ['methods', 'events'], capabilities: {} };
    await writeFile(join(folder, 'plugin.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'index.ts'), METHODS);
    const docs = async (format: string) => {
      const { code, stdout, stderr } = await run(['plugin', 'docs', folder, '--format', format]);
      expect(code, stderr).toBe(0);
      return stdout;
    };
    const page = await docs('markdown');
    expect(page).toContain('| `text` | string | **required** | its words |');
    expect(page).toContain('- **Events:** [`motto.set`](#mottoset)');
    expect(JSON.parse(await docs('openrpc'))).toMatchObject({ methods: [{ name: 'get_motto' }] });

    // What a gateway loads is built
    await writeFile(join(folder, 'index.js'), METHODS.replace('<{ text: string }>', ''));
    const gateway = await GatewayProcess.start(join(home, 'gateway'), {
      FORGEGATE_PLUGINS_DIR: join(home, 'plugins'),
    });
    try {
      const user = join(home, 'user');
      await mkdir(join(user, 'node_modules'), { recursive: true });
      await symlink(CLONE, join(user, 'node_modules/forgegate'));
      await writeFile(join(user, 'package.json'), '{ "type": "module" }');
      await writeFile(join(user, 'plugin.ts'), await docs('client'));
      const made = await run(['client', '--apihost', gateway.url]);
      expect(made.code, made.stderr).toBe(0);
      await writeFile(join(user, 'forge.ts'), made.stdout);
      await writeFile(join(user, 'use.ts'), USE);
      const tsc = [join(CLONE, 'node_modules/typescript/bin/tsc'), '--strict', '--skipLibCheck'];
      const options = ['--module', 'nodenext', '--target', 'es2022', 'use.ts'];
      await execute(process.execPath, [...tsc, ...options], { cwd: user });
      const { stdout } = await execute(process.execPath, ['use.js', gateway.url, gateway.adminKey], {
        cwd: user,
      });
      expect(JSON.parse(stdout)).toEqual(['loud', 'plain', 'admin']);
    } finally {
      await gateway.stop();
    }
  });
});

const USE = `
import { connect } from './forge.js';
import { connect as connectToPlugin } from './plugin.js';
declare const process: { argv: string[] };
declare const console: { log(text: string): void };
const [, , url = '', key = ''] = process.argv;
const forge = connect({ url, key });
const loud: { 'shown-as': 'plain' | 'loud' } = await forge.call('get_motto', { text: 'Forge on!' });
const { 'shown-as': plain } = await connectToPlugin({ url, key }).call('get_motto', { text: 'Forge on' });
// @ts-expect-error its text is missing
const wrong = () => forge.call('get_motto', {});
const { username } = await forge.call('get_user');
console.log(JSON.stringify([loud['shown-as'], plain, username]));
`;

describe('forgegate plugin dev', () => {
  it('runs a plugin from its sources, and anew when one of them changes', async () => {
    const made = await run(['plugin', 'new', 'fresh', '--kind', 'methods', '--standalone'], {}, home);
    expect(made.code, made.stderr).toBe(0);
    const folder = join(home, 'fresh');
    const dev = new Program(['plugin', 'dev', folder]);
    await dev.prints('A first call');
    expect(dev.output).toContain('fresh 0.1.0 is running: methods');
    const [, url = ''] = /Endpoint\s+(\S+)/.exec(dev.output) ?? [];
    const key = (await readFile(join(home, 'gateway/admin.key'), 'utf8')).trim();
    const discovered = async () => {
      const response = await fetch(url, {
        method: 'POST',
        body: JSON.stringify({ id: 1, api_key: key, method: 'get_plugin', args: { plugin_id: 'fresh' } }),
      });
      const { result } = (await response.json()) as {
        result: { plugin: { methods: string[]; state: string } };
      };
      return result.plugin;
    };
    expect(await discovered()).toMatchObject({ methods: ['fresh_count'], state: 'running' });

    const source = await readFile(join(folder, 'index.ts'), 'utf8');
    await writeFile(join(folder, 'index.ts'), source.replaceAll('fresh_count', 'fresh_sum'));
    await expect.poll(async () => (await discovered()).methods, { timeout: 30_000 }).toEqual(['fresh_sum']);
    await writeFile(join(folder, 'index.ts'), 'export default {');
    await dev.prints('not reloaded: index.ts:');
    expect(await discovered()).toMatchObject({ methods: ['fresh_sum'], state: 'running' });
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more/words.ts'), `export const NAME: string = 'fresh_words';`);
    const split = source.replace("'fresh_count'", 'NAME');
    await writeFile(join(folder, 'index.ts'), `import { NAME } from './more/words.js';\n${split}`);
    await expect.poll(async () => (await discovered()).methods, { timeout: 30_000 }).toEqual(['fresh_words']);
    expect(await dev.stop()).toBe(0);
  });
});
