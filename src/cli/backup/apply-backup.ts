import { text } from 'node:stream/consumers';
import type { Settings } from '../../config/settings.js';
import { CommandError } from '../command-error.js';
import { readArchive, type Entry } from './archive-reader.js';
import { DatabaseLoad } from './database-load.js';
import { AGAIN, DATABASE, MASTER_KEY, REPOSITORIES, type Manifest } from './manifest.js';
import type { Progress } from './progress.js';
import { RepositoryRestore } from './repository-restore.js';
import { checkMasterKey, installMasterKey, retireAdminKey } from './restore-keys.js';
import { isTargetEmpty } from './restore-target.js';

export interface RestoreOptions {
  readonly settings: Settings;
  readonly url: string;
  readonly file: string;
  /** Takes the place of what is there, and goes on without the secrets when their key is missing. */
  readonly force: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Restores beside what is there, and swaps at the end: until then a failure changes nothing.
 * @throws CommandError
 */
export async function applyBackup(options: RestoreOptions): Promise<void> {
  const { settings, url, file, force, progress, signal } = options;
  if (!(await isTargetEmpty(url, settings.repoRoot)) && !force) {
    throw new CommandError('There are users or repositories here already. Use --force to replace them.');
  }
  const restore = new Restore(options);
  try {
    await readArchive(
      file,
      (manifest) => restore.begin(manifest),
      (name, entry) => restore.take(name, entry),
    );
    signal.throwIfAborted();
    progress.step('Checking references');
    await restore.swap();
  } finally {
    await restore.end();
  }
}

const INSTALLATION = 'installation';

class Restore {
  private load: DatabaseLoad | null = null;
  private repositories: RepositoryRestore | null = null;
  private masterKey: string | null = null;
  private rows = 0;
  private secretsAreLost = false;
  private readonly stamp = new Date().toISOString().replaceAll(/[-:]|\..*/g, '');

  constructor(private readonly options: RestoreOptions) {}

  async begin(manifest: Manifest): Promise<void> {
    const { settings, url, force, progress } = this.options;
    progress.step(`Backup of ${manifest.createdAt}, made by Forgegate ${manifest.forgegate}`);
    const warning = await checkMasterKey(settings, manifest, force);
    if (warning) progress.step(warning);
    this.secretsAreLost = warning !== null;
    this.load = await DatabaseLoad.begin(url, manifest.database);
    this.repositories = await RepositoryRestore.begin(settings.repoRoot);
  }

  async take(name: string, entry: Entry): Promise<void> {
    this.options.signal.throwIfAborted();
    if (name.startsWith(REPOSITORIES)) return this.repositories?.add(name.slice(REPOSITORIES.length), entry);
    const content = await text(entry);
    if (name === MASTER_KEY) this.masterKey = content;
    else if (name.startsWith(AGAIN)) await this.repositories?.forget(name.slice(AGAIN.length));
    else if (name.startsWith(DATABASE)) await this.takeRows(name.split('/')[1] ?? '', content);
    else throw new CommandError(`The backup holds something unknown: ${name}`);
  }

  async swap(): Promise<void> {
    const { load, repositories, masterKey, stamp } = this;
    const { settings, url, progress } = this.options;
    if (!load || !repositories) throw new CommandError('The backup has no manifest.');
    await load.complete();
    let former: string | null = null;
    try {
      await load.swap(async () => {
        former = await repositories.swap(stamp);
        if (masterKey !== null && settings.masterKey === null)
          await installMasterKey(settings, masterKey, stamp);
      });
    } catch (error) {
      await repositories.undo();
      throw error;
    }
    progress.step(`Restored ${this.rows} rows and the repositories in ${settings.repoRoot}`);
    if (former)
      progress.step(
        `The repositories that were there are in ${String(former)}; remove them when all is well`,
      );
    const retired = await retireAdminKey(settings, url, stamp);
    if (retired) {
      progress.step(`The administrator's key of before is not valid any more and is now ${retired}.`);
      progress.step('For a new one: npx forgegate key create --user admin');
    }
  }

  async end(): Promise<void> {
    await this.load?.abandon();
    await this.repositories?.end();
  }

  private async takeRows(table: string, content: string): Promise<void> {
    // The table ties the database to its master key; without that key the next start ties it to the one that is here
    if (table === INSTALLATION && this.secretsAreLost) return;
    const lines = content.split('\n').filter((line) => line !== '');
    await this.load?.insert(table, lines);
    this.rows += lines.length;
    this.options.progress.running(() => `Database: ${this.rows} rows so far`);
  }
}
