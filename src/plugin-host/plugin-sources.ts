import { access, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../config/settings.js';
import type { PluginDefinition } from '../sdk/index.js';

/** A folder that should hold a plugin. */
export interface PluginSource {
  readonly origin: 'tree' | 'folder' | 'npm';
  /** Absolute; null when an npm package is not installed. */
  readonly path: string | null;
  /** Name of folder or package: what the plugin is called until its manifest has been read. */
  readonly name: string;
  /** Code that is loaded already, to run in this process: a test has it in hand. */
  readonly definition?: PluginDefinition;
}

/** Where plugins are. */
export type FindPlugins = () => Promise<readonly PluginSource[]>;

/** `plugins/` beside `src/`, in the source tree and in the build alike. */
export const TREE = fileURLToPath(new URL('../../plugins', import.meta.url));

type Places = Pick<Settings, 'plugins' | 'pluginsDir'>;

/** In the order in which plugins start: those of the tree, those of the operator's folder, npm packages. */
export async function findPlugins({ plugins, pluginsDir }: Places, tree = TREE): Promise<PluginSource[]> {
  const found = (await foldersIn(tree)).map((path) => source('tree', path));
  if (pluginsDir !== null) found.push(...(await foldersIn(pluginsDir)).map((path) => source('folder', path)));
  for (const name of plugins) {
    found.push({ origin: 'npm', path: await packageFolder(name), name });
  }
  return found;
}

const source = (origin: 'tree' | 'folder', path: string): PluginSource => ({
  origin,
  path,
  name: basename(path),
});

/** Folders whose name begins with `_` or `.` are templates and the like. */
async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
    .map((entry) => join(path, entry.name))
    .sort();
}

/** Looks where `import` would, but does not ask the package's `exports`, which seldom name plugin.json. */
async function packageFolder(name: string): Promise<string | null> {
  const bases = [resolve('package.json'), fileURLToPath(import.meta.url)];
  const places = bases.flatMap((base) => createRequire(base).resolve.paths(name) ?? []);
  for (const place of places) {
    const path = join(place, name);
    if (await exists(join(path, 'plugin.json'))) return path;
  }
  return null;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
