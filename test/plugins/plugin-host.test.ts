import { execFile as execFileCallback } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config/settings.js';
import { SDK_HOOK_URL } from '../../src/plugin-host/sdk-resolution.js';
import { PLUGIN_KINDS } from '../../src/plugin-host/manifest-schema.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { storeOnly } from '../../src/plugin-host/plugin-services.js';
import type { PluginStore } from '../../src/sdk/index.js';

const execFile = promisify(execFileCallback);

const noStore: PluginStore = {
  get: () => Promise.resolve(undefined),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  update: () => Promise.resolve(undefined),
};
const MANIFEST = {
  version: '1.2.3',
  sdk: '^1.0.0',
  kinds: ['adapter'],
  capabilities: {},
  isolation: 'process',
};
const GOOD = `
  export default { setup(ctx) { ctx.adapter(ctx.id, { deliver: async () => ({ outcome: 'delivered', code: 'OK' }) }); } };
`;

let folder: string;
const hosts: PluginHost[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fg-plugins-'));
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.onApplicationShutdown();
  await rm(folder, { recursive: true, force: true });
});

async function plugin(id: string, code: string | null, manifest: Record<string, unknown> | string = {}) {
  const path = join(folder, id);
  await mkdir(path, { recursive: true });
  const text = typeof manifest === 'string' ? manifest : JSON.stringify({ id, ...MANIFEST, ...manifest });
  await writeFile(join(path, 'plugin.json'), text);
  if (code !== null) await writeFile(join(path, 'index.js'), code);
}

async function started(settings: Partial<Settings> = {}, setupMs?: number): Promise<PluginHost> {
  const all = {
    plugins: [],
    pluginsDir: folder,
    pluginsStrict: false,
    pluginsIgnoreSdkRange: [],
    ...settings,
  };
  const host = new PluginHost(all as unknown as Settings, join(folder, 'no-tree'));
  hosts.push(host);
  await host.start(() => storeOnly(noStore), setupMs);
  return host;
}

const reportOf = (host: PluginHost, id: string) => host.list().find((report) => report.id === id);

describe('forgegate/sdk outside of the tree', () => {
  it('is the copy of the gateway, without being installed', async () => {
    await plugin('outside', `export { mark } from 'forgegate/sdk';`);
    await writeFile(join(folder, 'sdk.mjs'), `export const mark = 'the gateway';`);
    const data = JSON.stringify({ 'forgegate/sdk': pathToFileURL(join(folder, 'sdk.mjs')).href });
    const script = `
      import { register } from 'node:module';
      register(${JSON.stringify(SDK_HOOK_URL)}, { parentURL: import.meta.url, data: ${data} });
      const { mark } = await import(${JSON.stringify(pathToFileURL(join(folder, 'outside', 'index.js')).href)});
      process.stdout.write(mark);`;
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const { stdout } = await execFile(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout).toBe('the gateway');
  });
});

describe('PluginHost', () => {
  it('loads the plugins of the tree, with forgegate/sdk', async () => {
    const settings = { plugins: [], pluginsDir: null, pluginsStrict: true, pluginsIgnoreSdkRange: [] };
    const host = new PluginHost(settings as unknown as Settings);
    hosts.push(host);
    for (const kind of PLUGIN_KINDS) host.bind(kind, { add: () => undefined, remove: () => undefined });
    await host.start(() => storeOnly(noStore));
    expect(reportOf(host, 'webhook')).toMatchObject({
      state: 'running',
      origin: 'tree',
      adapters: ['webhook'],
    });
    expect(host.adapter('webhook')).toMatchObject({ url: 'required', signed: true });
  });

  it('starts plugins of a folder and withdraws them on stop', async () => {
    await plugin('good', `${GOOD}\nglobalThis.fgLoaded = (globalThis.fgLoaded ?? 0) + 1;`);
    const host = await started();
    expect(reportOf(host, 'good')).toMatchObject({ state: 'running', version: '1.2.3', adapters: ['good'] });
    expect(host.adapterNames()).toEqual(['good']);
    await host.onApplicationShutdown();
    expect(host.adapter('good')).toBeUndefined();
    expect(reportOf(host, 'good')).toMatchObject({ state: 'stopped', adapters: [] });
  });

  it('reads plugin.json before it runs any code', async () => {
    await plugin('wicked', `globalThis.fgWicked = true; ${GOOD}`, { isolation: 'cage' });
    const host = await started();
    expect(reportOf(host, 'wicked')).toMatchObject({ state: 'refused', code: 'ISOLATION_UNSUPPORTED' });
    expect('fgWicked' in globalThis).toBe(false);
  });

  it('refuses what does not fit, each with its code, and goes on', async () => {
    await plugin('not-json', GOOD, '{');
    await plugin('no-kinds', GOOD, { kinds: undefined });
    await plugin('stray', GOOD, { author: 'me' });
    await plugin('other-name', GOOD, { id: 'another-name' });
    await plugin('too-new', GOOD, { sdk: '^9.0.0' });
    await plugin('no-range', GOOD, { sdk: 'latest' });
    await plugin('poet', GOOD, { kinds: ['poem'] });
    await plugin('empty', null);
    await plugin('broken', 'export default {');
    await plugin('no-setup', 'export default {};');
    await plugin('throws', `export default { setup() { throw new Error('no luck'); } };`);
    await plugin(
      'bad-schema',
      `export default { setup(c) { c.adapter('x', { config: { type: 7 }, deliver() {} }); } };`,
    );
    await mkdir(join(folder, 'bare'));
    await plugin('zz-good', GOOD);
    const host = await started();
    const codes = Object.fromEntries(host.list().map(({ id, state, code }) => [id, `${state} ${code}`]));
    expect(codes).toEqual({
      'not-json': 'refused MANIFEST_INVALID',
      'no-kinds': 'refused MANIFEST_INVALID',
      stray: 'refused MANIFEST_INVALID',
      'other-name': 'refused ID_MISMATCH',
      'too-new': 'refused SDK_MISMATCH',
      'no-range': 'refused MANIFEST_INVALID',
      poet: 'refused KIND_UNSUPPORTED',
      empty: 'failed ENTRY_MISSING',
      broken: 'failed LOAD_FAILED',
      'no-setup': 'failed LOAD_FAILED',
      throws: 'failed SETUP_FAILED',
      'bad-schema': 'failed SETUP_FAILED',
      bare: 'refused MANIFEST_MISSING',
      'zz-good': 'running null',
    });
    expect(reportOf(host, 'throws')?.reason).toContain('no luck');
    expect(reportOf(host, 'stray')?.reason).toContain('author');
    expect(host.adapterNames()).toEqual(['zz-good']);
  });

  it('stops the start in strict mode, naming the plugin', async () => {
    await plugin('too-new', GOOD, { sdk: '^9.0.0' });
    await expect(started({ pluginsStrict: true })).rejects.toThrow(/too-new.*SDK_MISMATCH/);
  });

  it('can be told to ignore the range of one plugin', async () => {
    await plugin('too-new', GOOD, { sdk: '^9.0.0' });
    const host = await started({ pluginsIgnoreSdkRange: ['too-new'] });
    expect(reportOf(host, 'too-new')?.state).toBe('running');
  });

  it('gives setup a deadline and registers nothing afterwards', async () => {
    await plugin(
      'sleepy',
      `export default { async setup(ctx) {
      await new Promise(() => undefined);
    } };`,
    );
    await plugin(
      'late',
      `export default { setup(ctx) {
      globalThis.fgLate = () => ctx.adapter('late', { deliver() {} });
      return new Promise(() => undefined);
    } };`,
    );
    const host = await started({}, 30);
    expect(reportOf(host, 'sleepy')).toMatchObject({ state: 'failed', code: 'SETUP_TIMEOUT' });
    const { fgLate } = globalThis as unknown as { fgLate: () => void };
    expect(fgLate).toThrow('during setup only');
    expect(host.adapterNames()).toEqual([]);
  });

  it('hands new settings to a plugin that takes them, and starts others anew', async () => {
    const code = (more: string) => `
      const seen = (globalThis.fgSeen ??= []);
      export default { setup(ctx) { seen.push('setup ' + ctx.id + ' ' + ctx.config.colour); }, ${more} };`;
    const config = { type: 'object', properties: { colour: { type: 'string', default: 'red' } } };
    await plugin('supple', code(`configChanged({ colour }) { seen.push('changed ' + colour); }`), { config });
    await plugin('rigid', code(`stop() { seen.push('stop'); }`), { config });
    let colour = 'red';
    const host = new PluginHost(
      { pluginsDir: folder, plugins: [], pluginsIgnoreSdkRange: [] } as unknown as Settings,
      join(folder, 'no-tree'),
    );
    hosts.push(host);
    host.decideBy(() => Promise.resolve({ enabled: true, config: { colour } }));
    await host.start(() => storeOnly(noStore));
    colour = 'blue';
    await host.apply('supple');
    await host.apply('rigid');
    expect((globalThis as unknown as { fgSeen: string[] }).fgSeen).toEqual([
      'setup rigid red',
      'setup supple red',
      'changed blue',
      'stop',
      'setup rigid blue',
    ]);
  });

  it('leaves out the second plugin with an adapter of the same name', async () => {
    const clash = `export default { setup(c) { c.adapter('shared', { deliver() {} }); } };`;
    await plugin('first', clash);
    await plugin('second', clash);
    const host = await started();
    expect(host.adapter('shared')?.owner.id).toBe('first');
    expect(reportOf(host, 'second')).toMatchObject({ state: 'failed', code: 'ADAPTER_TAKEN', adapters: [] });
  });

  it('finds npm packages by name and says when one is missing', async () => {
    const host = await started({ plugins: ['forgegate-plugin-nowhere'] });
    expect(reportOf(host, 'forgegate-plugin-nowhere')).toMatchObject({
      state: 'refused',
      code: 'NOT_INSTALLED',
    });
  });
});
