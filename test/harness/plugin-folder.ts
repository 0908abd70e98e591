import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src/config/settings.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { storeOnly } from '../../src/plugin-host/plugin-services.js';
import type { DeliverContext, Outcome } from '../../src/sdk/index.js';
import { deliverContext, memoryStore } from '../../src/sdk/testing/index.js';

const MANIFEST = {
  version: '1.2.3',
  sdk: '^1.0.0',
  kinds: ['adapter'],
  capabilities: { events: ['*'], hosts: ['*'] },
  isolation: 'process',
};

/** A temporary folder of plugins, and hosts that run them. */
export class PluginFolder {
  private readonly hosts: PluginHost[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<PluginFolder> {
    return new PluginFolder(await mkdtemp(join(tmpdir(), 'fg-plugins-')));
  }

  /** @param files name -> text; `plugin.json` is made from the manifest */
  async add(
    id: string,
    files: Record<string, string>,
    manifest: Record<string, unknown> = {},
  ): Promise<void> {
    const path = join(this.path, id);
    await mkdir(path, { recursive: true });
    const all = { 'plugin.json': JSON.stringify({ id, ...MANIFEST, ...manifest }), ...files };
    for (const [name, text] of Object.entries(all)) await writeFile(join(path, name), text);
  }

  async host(): Promise<PluginHost> {
    const settings = {
      plugins: [],
      home: this.path,
      publicUrl: 'http://gateway.test',
      pluginsDir: this.path,
      pluginsStrict: false,
      pluginsIgnoreSdkRange: [],
    } as unknown as Settings;
    const host = new PluginHost(settings, join(this.path, 'no-tree'));
    this.hosts.push(host);
    const stores = new Map<string, ReturnType<typeof memoryStore>>();
    await host.start((id) => {
      const store = stores.get(id) ?? memoryStore();
      stores.set(id, store);
      return storeOnly(store);
    });
    return host;
  }

  async remove(): Promise<void> {
    for (const host of this.hosts.splice(0)) await host.onApplicationShutdown();
    await rm(this.path, { recursive: true, force: true });
  }
}

/** One attempt through an adapter, with a deadline. */
export function deliverTo(
  host: PluginHost,
  adapter: string,
  deadlineMs = 5_000,
  more: Partial<DeliverContext> = {},
): Promise<Outcome> {
  const context = { ...deliverContext(), ...more, signal: AbortSignal.timeout(deadlineMs) };
  const found = host.adapter(adapter);
  if (!found) throw new Error(`no adapter ${adapter}: ${JSON.stringify(host.list())}`);
  return found.deliver(context);
}
