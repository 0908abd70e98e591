import type { Settings } from '../../config/settings.js';
import { findMasterKeys, keyText } from '../../config/master-key.js';
import { SecretBox } from '../../config/secret-box.js';
import { FORGEGATE_VERSION } from '../../config/version.js';
import { CommandError } from '../command-error.js';
import { ArchiveWriter } from './archive-writer.js';
import { DatabaseSnapshot } from './database-dump.js';
import { BACKUP_FORMAT, MANIFEST, MASTER_KEY, type Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { backUpRepository } from './repository-backup.js';
import { findRepositories } from './repository-files.js';

export interface BackupOptions {
  readonly settings: Settings;
  readonly url: string;
  readonly file: string;
  readonly withMasterKey: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Database first, then the repositories, so that every commit the database speaks of is in them.
 * @throws CommandError
 */
export async function makeBackup(options: BackupOptions): Promise<void> {
  const { settings, url, file, withMasterKey, progress, signal } = options;
  const keys = await findMasterKeys(settings);
  if (withMasterKey && keys === null)
    throw new CommandError('There is no master key yet that could be backed up.');
  const snapshot = await openSnapshot(url);
  const archive = ArchiveWriter.create(file);
  try {
    const manifest: Manifest = {
      format: BACKUP_FORMAT,
      forgegate: FORGEGATE_VERSION,
      createdAt: new Date().toISOString(),
      masterKeyId: keys && new SecretBox(...keys).keyId,
      hasMasterKey: withMasterKey,
      database: snapshot.shape,
    };
    await archive.addText(MANIFEST, JSON.stringify(manifest));
    if (withMasterKey && keys) await archive.addText(MASTER_KEY, keyText(keys));
    let rows = 0;
    for await (const chunk of snapshot.chunks()) {
      signal.throwIfAborted();
      await archive.addText(chunk.name, chunk.text);
      rows += chunk.rows;
      progress.running(() => `Database: ${rows} rows so far`);
    }
    progress.step(`Database: ${rows} rows of ${snapshot.shape.tables.length} tables`);
    let repositories = 0;
    for await (const name of findRepositories(settings.repoRoot)) {
      await backUpRepository(archive, settings.repoRoot, name, signal);
      repositories += 1;
      progress.running(() => `Repositories: ${repositories} so far`);
    }
    progress.step(`Repositories: ${repositories}`);
    await archive.finish();
  } catch (error) {
    await archive.abandon();
    throw error;
  } finally {
    await snapshot.close();
  }
}

async function openSnapshot(url: string): Promise<DatabaseSnapshot> {
  try {
    return await DatabaseSnapshot.open(url);
  } catch (error) {
    // undefined_table: no migration ever ran
    if ((error as { code?: string }).code !== '42P01') throw error;
    throw new CommandError('The database is empty. Start the gateway once.');
  }
}
