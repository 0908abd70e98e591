import { access, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The PostgreSQL that npm installed for this platform. */
export interface Distribution {
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string;
  /** Package version with the platform, e.g. `18.4.0-linux-x64`: names a copy of it. */
  readonly label: string;
  /** Links that `lib` must have, as file name -> name of the file beside it. */
  readonly links: ReadonlyMap<string, string>;
}

/** @throws EmbeddedPostgresError when there are no binaries for this platform, or npm left them out */
export async function findDistribution(
  platform: string = process.platform,
  architecture: string = process.arch,
): Promise<Distribution> {
  const target = `${platform}-${architecture}`;
  const root = packageRoot(`@embedded-postgres/${target}`);
  if (!root) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${target} in node_modules. ` +
        'Set DATABASE_URL to a PostgreSQL of your own, or run `npm ci` without --omit=optional ' +
        '(binaries exist for Linux with glibc and macOS, x64 and arm64).',
    );
  }
  const native = join(root, 'native');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const wanted = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const links = new Map(wanted.map((link) => [basename(link.target), basename(link.source)]));
  return { native, label: `${version}-${target}`, links };
}

/**
 * Makes the library links that the package's install script would make, because npm may not run it.
 * @returns false when the folder cannot be written and links are missing
 */
export async function completeLinks(lib: string, links: Distribution['links']): Promise<boolean> {
  for (const [name, target] of links) {
    const path = join(lib, name);
    if (await exists(path)) continue;
    try {
      await symlink(target, path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

function packageRoot(name: string): string | null {
  try {
    // the package exports its index only, which stands in `dist`
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return null;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
