import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings } from '../../config/load-settings.js';
import { startGateway } from '../../gateway.js';
import { DemoReceiver } from './receiver.js';
import { Story } from './story.js';

/** The whole story with real parts, on a gateway of its own; ends with 0 only if everything arrived and verified. */
const home = await mkdtemp(join(tmpdir(), 'forgegate-demo-'));
const receiver = await DemoReceiver.start();
try {
  const settings = loadSettings({
    env: {
      FORGEGATE_HOME: join(home, 'gateway'),
      PORT: '0',
      FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    },
  });
  const started = performance.now();
  const gateway = await startGateway(settings, { logger: pino({ level: 'warn' }) });
  try {
    const took = Math.round(performance.now() - started);
    console.log(`1. A gateway with its own PostgreSQL listens on ${gateway.address} (started in ${took} ms)`);
    await new Story(gateway, receiver, join(home, 'work')).tell();
    console.log('\nEverything arrived, and every signature verified.');
  } finally {
    await gateway.close();
  }
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await receiver.close();
  await rm(home, { recursive: true, force: true });
}
