import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings } from '../config/load-settings.js';
import { startGateway, type Gateway } from '../gateway.js';
import { gatewayCalls, type GatewayCalls } from './gateway-calls.js';
import { createTestDatabase } from './test-database.js';
import { TEST_ENVIRONMENT } from './test-environment.js';

/** A whole gateway in this process, with a database and a home of its own. */
export interface RunningGateway extends GatewayCalls {
  readonly url: string;
  readonly adminKey: string;
  readonly settings: Gateway['settings'];
  readonly app: Gateway['app'];
  /** Nothing is left of it. */
  close(): Promise<void>;
}

export interface RunOptions {
  /** Settings as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another one, whose database and home it shares: a second process of one cluster. */
  readonly beside?: Pick<RunningGateway, 'settings'> | undefined;
  /** Sees the application before anything of it runs. */
  readonly prepare?: (app: Gateway['app']) => void;
}

/** On a free port, without limits of rate, allowed to speak to this machine. */
export async function runGateway({ env = {}, beside, prepare }: RunOptions = {}): Promise<RunningGateway> {
  const database = beside
    ? { url: beside.settings.databaseUrl as string, drop: () => Promise.resolve() }
    : await createTestDatabase();
  const home = beside?.settings.home ?? (await mkdtemp(join(tmpdir(), 'forgegate-e2e-')));
  const settings = loadSettings({
    env: {
      FORGEGATE_HOME: home,
      DATABASE_URL: database.url,
      PORT: '0',
      FORGEGATE_PUBLIC_URL: 'http://gateway.test',
      FORGEGATE_RATE_LIMIT_PER_KEY: '0',
      FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
      FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8,::1/128',
      ...env,
    },
  });
  const tidy = async () => {
    await database.drop();
    if (!beside) await rm(home, { recursive: true, force: true });
  };
  try {
    const gateway = await startGateway(settings, {
      logger: pino({ level: TEST_ENVIRONMENT.logLevel }),
      ...(prepare && { prepare }),
    });
    const adminKey = (await readFile(join(home, 'admin.key'), 'utf8')).trim();
    return {
      url: gateway.address,
      adminKey,
      settings: gateway.settings,
      app: gateway.app,
      ...gatewayCalls(gateway.address, adminKey),
      async close() {
        await gateway.close();
        await tidy();
      },
    };
  } catch (error) {
    await tidy();
    throw error;
  }
}
