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

  async stop(): Promise<void> {
    await gateway?.close();
    gateway = null;
  },
};

export type GatewayCommands = typeof commands;
obey(commands);
