import { banner } from './cli/banner.js';
import { loadSettings } from './config/load-settings.js';
import { SettingsError } from './config/settings-error.js';
import { EmbeddedPostgresError } from './database/embedded/embedded-postgres-error.js';
import { startGateway, type Gateway } from './gateway.js';
import { startFacts } from './start-facts.js';

/** What a stop may take in all; the parts stay below it by themselves. */
const STOP_MS = 10_000;
let stopping: Promise<void> | null = null;

try {
  const gateway = await startGateway(loadSettings());
  // A Ctrl-C in a terminal arrives twice: from the terminal and from npm.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(gateway, 0));
  void gateway.embedded?.exited.then(() => databaseEnded(gateway));
  console.log(banner(await startFacts(gateway)));
} catch (error) {
  console.error(sentence(error));
  process.exit(1);
}

function databaseEnded(gateway: Gateway): void {
  if (stopping) return;
  console.error('The embedded PostgreSQL ended by itself; its log lies beside its data. The gateway stops.');
  void stop(gateway, 1);
}

function stop(gateway: Gateway, exitCode: number): Promise<void> {
  return (stopping ??= (async () => {
    setTimeout(() => {
      console.error(`The gateway did not stop within ${STOP_MS / 1000} s and ends now`);
      process.exit(1);
    }, STOP_MS).unref();
    try {
      await gateway.close();
      process.exit(exitCode);
    } catch (error) {
      console.error(sentence(error));
      process.exit(1);
    }
  })());
}

/** What a person can mend is said in a sentence; anything else is a defect and shows where. */
function sentence(error: unknown): string {
  if (error instanceof SettingsError || error instanceof EmbeddedPostgresError) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `${message}. Another program listens there: set PORT or HOST.`;
  return code === undefined ? (stack ?? String(error)) : message;
}
