import { Command, CommanderError } from 'commander';
import { SettingsError } from '../config/settings-error.js';
import { FORGEGATE_VERSION } from '../config/version.js';
import { EmbeddedPostgresError } from '../database/embedded/embedded-postgres-error.js';
import { backupCommand } from './backup.command.js';
import { CommandError } from './command-error.js';
import { configCommand } from './config.command.js';
import { keyCommand } from './key.command.js';
import { restoreCommand } from './restore.command.js';

const program = new Command('forgegate')
  .description(
    'Command line of the Forgegate gateway. Settings come from the environment and forgegate.yaml.',
  )
  .version(FORGEGATE_VERSION)
  .addCommand(configCommand())
  .addCommand(keyCommand())
  .addCommand(backupCommand())
  .addCommand(restoreCommand());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(sentence(error));
    process.exitCode = 1;
  }
}

/** What is expected to go wrong is said in a sentence; anything else is a defect and shows its stack. */
function sentence(error: unknown): string {
  const expected = [CommandError, SettingsError, EmbeddedPostgresError].some((kind) => error instanceof kind);
  if (expected || (error instanceof Error && 'code' in error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
