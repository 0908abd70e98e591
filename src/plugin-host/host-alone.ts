import type { Settings } from '../config/settings.js';
import { nothingContributed, type Contributions } from './contributions.js';
import { PluginHost } from './plugin-host.js';

/** A host without a gateway around it: plugins run, and what they add is kept in their reports and served nowhere. */
export function hostAlone(settings: Settings): PluginHost {
  const host = new PluginHost(settings);
  for (const kind of Object.keys(nothingContributed()) as (keyof Contributions)[])
    host.bind(kind, { add: () => undefined, remove: () => undefined });
  return host;
}
