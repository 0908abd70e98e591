import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { originOf } from './load-settings.js';
import { SettingsError } from './settings-error.js';
import type { Settings } from './settings.js';

const KEY_BYTES = 32;

/** 32 bytes each. The first one seals, all of them open: older ones stay until nothing is sealed with them. */
export type MasterKeys = readonly [Buffer, ...Buffer[]];

/**
 * The keys that secrets at rest are encrypted with: given, or kept in a file that is made at the first start.
 * Processes that start at once end up with the same key.
 * @throws SettingsError when a key is malformed, or their file was named but is missing
 */
export async function loadMasterKeys(settings: Settings): Promise<MasterKeys> {
  const existing = await findMasterKeys(settings);
  if (existing) return existing;
  const file = settings.masterKeyFile;
  if (originOf(settings, 'masterKeyFile') !== 'default') {
    // making a new key where one was expected would leave all secrets unreadable
    throw new SettingsError([`FORGEGATE_MASTER_KEY_FILE is ${file}, but there is no such file`]);
  }
  await publish(file, keyText([newMasterKey()]));
  return (await readKeyFile(file)) ?? decode('', file);
}

/**
 * As {@link loadMasterKeys}, but makes none.
 * @throws SettingsError
 */
export async function findMasterKeys(settings: Settings): Promise<MasterKeys | null> {
  if (settings.masterKey !== null) return decode(settings.masterKey, 'FORGEGATE_MASTER_KEY');
  return readKeyFile(settings.masterKeyFile);
}

export const newMasterKey = (): Buffer => randomBytes(KEY_BYTES);

/** Puts other keys in the place of those in the file: whole or not at all. */
export async function replaceKeyFile(file: string, keys: MasterKeys): Promise<void> {
  const draft = await writeDraft(file, keyText(keys));
  await rename(draft, file).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
}

/** One key a line. */
export const keyText = (keys: readonly Buffer[]): string =>
  keys.map((key) => `${key.toString('base64')}\n`).join('');

async function readKeyFile(file: string): Promise<MasterKeys | null> {
  try {
    return decode(await readFile(file, 'utf8'), file);
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
  const draft = await writeDraft(file, content);
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

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

function decode(text: string, source: string): MasterKeys {
  const [first, ...older] = text
    .trim()
    .split(/[\s,]+/)
    .map((word) => decodeOne(word, source));
  return [first as Buffer, ...older];
}

function decodeOne(text: string, source: string): Buffer {
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new SettingsError([`${source} must hold 32 bytes as 64 hexadecimal digits or in base64`]);
}
