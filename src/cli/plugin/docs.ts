import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.js';
import { parseManifest } from '../../plugin-host/plugin-manifest.js';
import { clientModule } from '../../reference/client-contract.js';
import { compactJson } from '../../reference/compact-json.js';
import { pluginDeclarations } from '../../reference/plugin-declarations.js';
import { pluginReference } from '../../reference/plugin-reference.js';
import { openRpcDocument } from '../../rpc/openrpc/document.js';
import type { JsonObject } from '../../sdk/index.js';
import { CommandError } from '../command-error.js';
import { buildForDev } from './dev-build.js';

export type DocsFormat = 'markdown' | 'openrpc' | 'client';

/**
 * What a plugin adds to the API, from its declarations; needs no gateway.
 * @throws CommandError when it does not run, or adds neither methods nor event types
 */
export async function pluginDocs(
  given: string,
  format: DocsFormat,
  config: JsonObject,
  settings: Settings,
): Promise<string> {
  const folder = resolve(given);
  const text = await readFile(join(folder, 'plugin.json'), 'utf8').catch(() => {
    throw new CommandError(`There is no plugin.json in ${folder}.`);
  });
  const built = await mkdtemp(join(tmpdir(), 'forgegate-docs-'));
  try {
    const rules = { folder: null, ignoreSdkRange: settings.pluginsIgnoreSdkRange };
    const manifest = parseManifest(text, rules);
    await buildForDev(folder, built);
    const source = { origin: 'npm', path: built, name: basename(folder) } as const;
    const declared = await pluginDeclarations([source], { ...settings, home: built }, config);
    if (declared.methods.length === 0 && declared.events.length === 0)
      throw new Error(`${manifest.id} adds neither methods nor event types`);
    if (format === 'markdown') return pluginReference(manifest, declared);
    const document = openRpcDocument(declared.methods, [], settings.publicUrl);
    return format === 'openrpc'
      ? `${compactJson(document)}\n`
      : clientModule(
          document,
          `// Made by \`forgegate plugin docs\` from ${manifest.id} ${manifest.version}.`,
        );
  } catch (error) {
    throw new CommandError((error as Error).message, { cause: error });
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}
