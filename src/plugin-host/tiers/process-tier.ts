import { basename, join } from 'node:path';
import type { PluginDefinition } from '../../sdk/index.js';
import { messageOf } from '../boundary.js';
import { PluginRefusal } from '../plugin-manifest.js';
import { exists } from '../plugin-sources.js';
import { importPlugin } from '../remote/import-plugin.js';
import { watchLoop } from './loop-watchdog.js';
import type { RunningPlugin, TierPlugin } from './tier.js';

/** In the gateway's own process: the quickest, for code that is trusted. */
export async function loadInProcess({
  id,
  source,
  manifest,
  boundary,
  log,
}: TierPlugin): Promise<RunningPlugin> {
  const { path, definition = await definitionIn(await entryOf(path ?? '', manifest?.entry)) } = source;
  const unwatch = watchLoop({
    id,
    folder: path ?? '',
    onBlocked({ where, milliseconds }) {
      const text = `blocked the gateway for more than ${milliseconds} ms at ${where}`;
      boundary.health.lastError = text;
      log.error(text);
    },
  });
  return {
    definition,
    isOffline: false,
    trouble: null,
    end: async () => unwatch(),
  };
}

/** Absolute path of the entry module. @throws PluginRefusal ENTRY_MISSING */
export async function entryOf(folder: string, given: string | undefined): Promise<string> {
  const name = given ?? 'index.js';
  const path = join(folder, name);
  if (await exists(path)) return path;
  const source = path.replace(/\.js$/, '.ts');
  if (!(await exists(source))) throw new PluginRefusal('ENTRY_MISSING', `there is no ${name}`);
  // Tests load the sources
  if (import.meta.url.endsWith('.ts')) return source;
  throw new PluginRefusal('ENTRY_MISSING', `there is ${basename(source)}, but no ${name}: it is not built`);
}

async function definitionIn(path: string): Promise<PluginDefinition> {
  try {
    return await importPlugin(path);
  } catch (error) {
    const where =
      error instanceof SyntaxError ? ` (\`node --check ${basename(path)}\` in its folder says where)` : '';
    throw new PluginRefusal('LOAD_FAILED', `its code does not load: ${messageOf(error)}${where}`, {
      cause: error,
    });
  }
}
