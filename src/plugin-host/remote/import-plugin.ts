import { pathToFileURL } from 'node:url';
import type { PluginDefinition } from '../../sdk/index.js';

/** @throws Error when the module does not load or is no plugin */
export async function importPlugin(entry: string): Promise<PluginDefinition> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(entry).href)) as { default?: unknown };
  const definition = module.default as PluginDefinition | undefined;
  if (typeof definition?.setup !== 'function')
    throw new Error('its default export is not a plugin (use definePlugin)');
  return definition;
}
