import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { pino } from 'pino';
import { loadSettings } from '../../src/config/load-settings.js';
import { ChangeFeed } from '../../src/database/change-feed.js';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { obey } from '../process/child-side.js';
import { recordStatements, type Recorded } from './record-statements.js';

export interface GatewayStart {
  /** Environment variables of the gateway. */
  readonly env: Readonly<Record<string, string>>;
  /** False: nothing is answered from a cache, as while the change feed is down. */
  readonly caches: boolean;
}

let gateway: Gateway | null = null;

/** Of all connections, those that begin and end transactions included. */
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function count(this: pg.Client, ...given: never[]) {
  statements++;
  return (query as (...args: never[]) => unknown).apply(this, given);
} as typeof query;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

function running(): Gateway {
  if (!gateway) throw new Error('the gateway was not started');
  return gateway;
}

const commands = {
  /** @returns the port */
  async start({ env, caches }: GatewayStart): Promise<number> {
    const settings = loadSettings({ env });
    gateway = await startGateway(settings, { logger: pino({ level: settings.logLevel }) });
    // All caches ask the change feed first, and are silent while it is down: so no setting of the product is needed.
    if (!caches) Object.defineProperty(gateway.app.get(ChangeFeed), 'isLive', { value: false });
    return Number(new URL(gateway.address).port);
  },

  /** The statements that one call executes. */
  async record(body: string): Promise<Recorded[]> {
    const { app, address } = running();
    return recordStatements(app, async () => {
      const response = await fetch(`${address}/_admin/api`, { method: 'POST', body });
      await response.arrayBuffer();
    });
  },

  /** That were sent to the database so far. */
  statements(): number {
    return statements;
  },

  /** What is in use when everything that is not has been thrown away, in bytes. */
  memory(): number {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },

  async stop(): Promise<void> {
    await gateway?.close();
    gateway = null;
  },
};

export type GatewayCommands = typeof commands;
obey(commands);
