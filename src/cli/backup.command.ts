import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadSettings } from '../config/load-settings.js';
import { makeBackup } from './backup/make-backup.js';
import { Progress } from './backup/progress.js';
import { CommandError } from './command-error.js';
import { openDatabase } from './open-database.js';
import { untilInterrupted } from './until-interrupted.js';

export function backupCommand(): Command {
  return new Command('backup')
    .description('Write the database and the repositories into one .tar.gz file')
    .argument('<file>', 'where to; must not exist')
    .option('--with-master-key', 'also the key that the secrets in the database are encrypted with', false)
    .addHelpText(
      'after',
      '\nWorks while the gateway runs and while it does not. Without the master key the file shows no passwords and no\n' +
        'signing keys; keep that key (master.key in FORGEGATE_HOME) in another place, or they cannot be restored.\n' +
        '\nExamples:\n  npx forgegate backup /backup/forgegate-$(date +%F).tar.gz\n' +
        '  npx forgegate backup --with-master-key /secure/whole.tar.gz',
    )
    .action(async (given: string, { withMasterKey }: { withMasterKey: boolean }) => {
      const settings = loadSettings();
      const file = resolve(given);
      if (existsSync(file)) throw new CommandError(`${file} exists already.`);
      await untilInterrupted(async (signal) => {
        const database = await openDatabase(settings, false);
        try {
          await makeBackup({
            settings,
            url: database.url,
            file,
            withMasterKey,
            progress: new Progress(),
            signal,
          });
        } finally {
          await database.close();
        }
      });
      console.log(`${file} (${Math.ceil((await stat(file)).size / 1024)} KiB)`);
    });
}
