import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load-settings.js';
import { startGateway } from '../../src/gateway.js';
import { createTestDatabase } from '../harness/postgres.js';

it('does not start with another master key than the one that sealed the secrets of this database', async () => {
  const database = await createTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'forgegate-key-'));
  const start = (key: Buffer) =>
    startGateway(
      loadSettings({
        env: {
          FORGEGATE_HOME: home,
          DATABASE_URL: database.url,
          PORT: '0',
          FORGEGATE_MASTER_KEY: key.toString('base64'),
        },
      }),
      { logger: pino({ level: 'silent' }) },
    );
  try {
    const right = randomBytes(32);
    await (await start(right)).close();
    await expect(start(randomBytes(32))).rejects.toThrow(
      /FORGEGATE_MASTER_KEY: the secrets .* were sealed with key/,
    );
    await (await start(right)).close();
  } finally {
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  }
});
