import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.js';

/** Where to call and as whom; names as in the file of the old tools. */
export interface Connection {
  readonly apikey: string;
  readonly apihost: string;
}

/** Of the folder that one is in, as in 2014. */
export const localFile = (): string => join(process.cwd(), '.config');
export const userFile = (): string => join(homedir(), '.config', 'kallithea');

/**
 * The first file that is there, as a whole: a host from one and a key from another would send keys where they do not
 * belong. In one's home `.config` is a folder, and so none of ours.
 */
export function readConnection(): Partial<Connection> {
  const path = [localFile(), userFile()].find((file) => existsSync(file) && statSync(file).isFile());
  if (path === undefined) return {};
  warnOfReaders(path);
  try {
    const { apikey, apihost } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Connection>;
    return {
      ...(typeof apikey === 'string' ? { apikey } : {}),
      ...(typeof apihost === 'string' ? { apihost } : {}),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${path} is no JSON file with "apikey" and "apihost".`);
  }
}

/** Only its owner may read it, also when it was there before. */
export function writeConnection(path: string, { apikey, apihost }: Connection): void {
  if (existsSync(path) && !statSync(path).isFile())
    throw new CommandError(`${path} is a folder; use --save-config, or another folder.`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path)) chmodSync(path, 0o600);
  writeFileSync(path, `${JSON.stringify({ apikey, apihost }, null, 4)}\n`, { mode: 0o600 });
}

function warnOfReaders(path: string): void {
  if ((statSync(path).mode & 0o077) !== 0)
    console.error(`Others may read the API key in ${path}: chmod 600 ${path}`);
}
