import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { hashApiKey } from '../../access/api-key.js';
import { findMasterKeys } from '../../config/master-key.js';
import { SecretBox } from '../../config/secret-box.js';
import type { Settings } from '../../config/settings.js';
import { CommandError } from '../command-error.js';
import type { Manifest } from './manifest.js';

/**
 * Whether the secrets of the backup could be read here afterwards.
 * @returns a warning, or null when all is well
 * @throws CommandError when they could not, unless `force` accepts that
 */
export async function checkMasterKey(
  settings: Settings,
  manifest: Manifest,
  force: boolean,
): Promise<string | null> {
  const keys = await findMasterKeys(settings);
  const here = keys && new SecretBox(...keys).keyIds;
  if (manifest.masterKeyId === null || here?.includes(manifest.masterKeyId)) return null;
  if (manifest.hasMasterKey && settings.masterKey === null) return null;
  const problem =
    `The secrets in this backup are encrypted with the master key ${manifest.masterKeyId}; ` +
    (here ? `the one in use here is ${here[0]}.` : 'there is none here.');
  if (force) return `${problem} Webhook secrets and passwords of clone addresses must be set again.`;
  const cure = manifest.hasMasterKey
    ? 'The backup holds that key, but FORGEGATE_MASTER_KEY is set to another one: unset it'
    : `Put that key into ${settings.masterKeyFile} or FORGEGATE_MASTER_KEY`;
  throw new CommandError(`${problem} ${cure}, or use --force to go on without these secrets.`);
}

/** The key of the backup becomes the one in use; another one is kept beside it. */
export async function installMasterKey(settings: Settings, text: string, stamp: string): Promise<void> {
  const file = settings.masterKeyFile;
  const present = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (present === text.trim()) return;
  if (present !== '') await rename(file, `${file}.before-restore-${stamp}`);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
}

/**
 * The key of the first administrator in the home belongs to the database that was there before, as a rule.
 * @returns the name it was moved to, or null when it is still good
 */
export async function retireAdminKey(settings: Settings, url: string, stamp: string): Promise<string | null> {
  const file = join(settings.home, 'admin.key');
  const key = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (key === '') return null;
  const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT 1 FROM api_key WHERE key_hash = $1', [hashApiKey(key)]);
    if (rows.length > 0) return null;
  } finally {
    await client.end();
  }
  const retired = `${file}.before-restore-${stamp}`;
  await rename(file, retired);
  return retired;
}
