import { type Command, CommanderError } from 'commander';
import { SettingsError } from '../config/settings-error.js';
import { EmbeddedPostgresError } from '../database/embedded/embedded-postgres-error.js';
import { CommandError } from './command-error.js';

/** Sets the exit code; a failure is told on standard error. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      console.error(sentence(error));
      process.exitCode = 1;
    }
  }
}

/** What is expected to go wrong is said in a sentence; anything else is a defect and shows its stack. */
function sentence(error: unknown): string {
  const expected = [CommandError, SettingsError, EmbeddedPostgresError].some((kind) => error instanceof kind);
  if (expected || (error instanceof Error && 'code' in error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
