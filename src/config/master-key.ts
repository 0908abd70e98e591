import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { originOf } from './load-settings.js';
import { SettingsError } from './settings-error.js';
import type { Settings } from './settings.js';

const KEY_BYTES = 32;

/**
 * The key that secrets at rest are encrypted with: given, or kept in a file that is made at the first start.
 * Processes that start at once end up with the same key.
 * @returns 32 bytes
 * @throws SettingsError when the key is malformed, or its file was named but is missing
 */
export async function loadMasterKey(settings: Settings): Promise<Buffer> {
  const existing = await findMasterKey(settings);
  if (existing) return existing;
  const file = settings.masterKeyFile;
  if (originOf(settings, 'masterKeyFile') !== 'default') {
    // making a new key where one was expected would leave all secrets unreadable
    throw new SettingsError([`FORGEGATE_MASTER_KEY_FILE is ${file}, but there is no such file`]);
  }
  await publish(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  return (await readKeyFile(file)) ?? decode('', file);
}

/**
 * As {@link loadMasterKey}, but makes none.
 * @throws SettingsError
 */
export async function findMasterKey(settings: Settings): Promise<Buffer | null> {
  if (settings.masterKey !== null) return decode(settings.masterKey, 'FORGEGATE_MASTER_KEY');
  return readKeyFile(settings.masterKeyFile);
}

async function readKeyFile(file: string): Promise<Buffer | null> {
  try {
    return decode((await readFile(file, 'utf8')).trim(), file);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return null;
    throw new SettingsError([`The master key ${file} cannot be read (${code})`]);
  }
}

/** Appears whole or not at all, and never in place of another one. */
async function publish(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // some file systems have no hard links
    const linked = link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      return copyFile(draft, file, constants.COPYFILE_EXCL);
    });
    await linked.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

function decode(text: string, source: string): Buffer {
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new SettingsError([`${source} must hold 32 bytes as 64 hexadecimal digits or in base64`]);
}
