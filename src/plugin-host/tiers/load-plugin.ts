import type { Isolation } from '../manifest-schema.js';
import { loadInChild } from './child-tier.js';
import { loadInProcess } from './process-tier.js';
import type { LoadPlugin } from './tier.js';
import { loadInWorker } from './worker-tier.js';

const TIERS: Readonly<Record<Isolation, LoadPlugin>> = {
  process: loadInProcess,
  worker: loadInWorker,
  child: loadInChild,
};

/** Loads a plugin where its manifest wants it to run. */
export const loadPlugin: LoadPlugin = (plugin) =>
  TIERS[plugin.source.definition ? 'process' : (plugin.manifest?.isolation ?? 'process')](plugin);
