import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadSettings } from '../config/load-settings.js';
import { applyBackup } from './backup/apply-backup.js';
import { Progress } from './backup/progress.js';
import { CommandError } from './command-error.js';
import { openDatabase } from './open-database.js';
import { untilInterrupted } from './until-interrupted.js';

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Bring back the database and the repositories from a backup; the gateway must not run')
    .argument('<file>', 'made by `forgegate backup`')
    .option('--force', 'replace the users and repositories that are there', false)
    .addHelpText(
      'after',
      '\nNothing is changed until everything is read. Repositories that were there are kept beside the restored ones.\n' +
        '\nExamples:\n  npx forgegate restore /backup/forgegate-2026-11-21.tar.gz\n' +
        '  FORGEGATE_HOME=/srv/second npx forgegate restore /secure/whole.tar.gz',
    )
    .action(async (given: string, { force }: { force: boolean }) => {
      const settings = loadSettings();
      await untilInterrupted(async (signal) => {
        const database = await openDatabase(settings, true);
        try {
          if (database.inUse)
            throw new CommandError(`A gateway runs on ${settings.home}. Stop it, then repeat.`);
          const file = resolve(given);
          await applyBackup({ settings, url: database.url, file, force, progress: new Progress(), signal });
        } finally {
          await database.close();
        }
      });
    });
}
