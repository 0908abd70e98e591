import type { Settings } from '../config/settings.js';
import {
  hasEmbeddedPostgres,
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../database/embedded/embedded-postgres.js';
import { CommandError } from './command-error.js';

export interface OpenDatabase {
  readonly url: string;
  /** Whether the embedded database was running already, so that a gateway is at work on it. */
  readonly inUse: boolean;
  close(): Promise<void>;
}

/**
 * The database of these settings: the external one, that of the running gateway, or the embedded one, started for as
 * long as the command takes.
 * @param create also makes an embedded database that is not there yet
 */
export async function openDatabase(settings: Settings, create: boolean): Promise<OpenDatabase> {
  const nothing = () => Promise.resolve();
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl, inUse: false, close: nothing };
  const running = await runningEmbeddedPostgres(settings.home);
  if (running !== null) return { url: running, inUse: true, close: nothing };
  if (!create && !(await hasEmbeddedPostgres(settings.home))) {
    throw new CommandError(
      `There is no database in ${settings.home} yet. Start the gateway once, or set FORGEGATE_HOME or DATABASE_URL.`,
    );
  }
  const server = await startEmbeddedPostgres({ home: settings.home, log: (text) => console.error(text) });
  return { url: server.url, inUse: false, close: () => server.stop() };
}
