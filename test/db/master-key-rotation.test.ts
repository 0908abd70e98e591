import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Progress } from '../../src/cli/backup/progress.js';
import { resealSecrets } from '../../src/cli/master-key/reseal-secrets.js';
import { rotateMasterKey } from '../../src/cli/master-key.command.js';
import { loadSettings } from '../../src/config/load-settings.js';
import { loadMasterKeys, newMasterKey } from '../../src/config/master-key.js';
import { SEALED_COLUMNS } from '../../src/config/sealed-columns.js';
import { SecretBox } from '../../src/config/secret-box.js';
import type { Settings } from '../../src/config/settings.js';
import { startGateway } from '../../src/gateway.js';
import { createTestDatabase, type TestDatabase } from '../harness/postgres.js';

const SOURCE = 'https://me:secret@example.com/site.git';

let home: string;
let database: TestDatabase;
let settings: Settings;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-key-'));
  database = await createTestDatabase();
  settings = loadSettings({ env: { FORGEGATE_HOME: home, DATABASE_URL: database.url, PORT: '0' } });
});
afterEach(async () => {
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a gateway, asks it, and stops it. */
async function ask<Result>(method: string, args: object): Promise<Result> {
  const gateway = await startGateway(settings, { logger: pino({ level: 'silent' }) });
  try {
    const api_key = readFileSync(join(home, 'admin.key'), 'utf8').trim();
    const body = JSON.stringify({ id: 1, api_key, method, args });
    const response = await fetch(`${gateway.address}/_admin/api`, { method: 'POST', body });
    const { result, error } = (await response.json()) as { result: Result; error: string | null };
    if (error !== null) throw new Error(error);
    return result;
  } finally {
    await gateway.close();
  }
}

const boxOfNow = async () => new SecretBox(...(await loadMasterKeys(settings)));
const reseal = (box: SecretBox) =>
  resealSecrets(database.url, box, new Progress(() => undefined), new AbortController().signal);
const readable = async (box: SecretBox) => {
  const [row] = await query<{ sealed: Buffer }>('SELECT clone_uri_sealed AS sealed FROM repo');
  return box.open((row as { sealed: Buffer }).sealed, SEALED_COLUMNS.cloneUri.purpose);
};
const aRepository = async () => {
  await ask('create_repo', { repo_name: 'site', repo_type: 'git' });
  await ask('update_repo', { repoid: 'site', clone_uri: SOURCE });
};

describe('a new master key', () => {
  it('takes over without a secret getting lost', async () => {
    await aRepository();
    const { keyId: before } = await boxOfNow();
    expect(await rotateMasterKey(settings)).toContain('Restart all gateways together');
    expect(await ask('get_repo', { repoid: 'site' })).toMatchObject({ clone_uri: SOURCE });
    await expect(rotateMasterKey(settings)).rejects.toThrow('There is an older key still');
    const box = await boxOfNow();
    expect(box.keyIds).toEqual([expect.any(String), before]);
    expect(await reseal(box)).toEqual({ resealed: 1, unreadable: 0 });
    expect(await reseal(box)).toEqual({ resealed: 0, unreadable: 0 });
    const [first] = await loadMasterKeys(settings);
    expect(await readable(new SecretBox(first))).toBe(SOURCE);
    expect(await query('SELECT master_key_id FROM installation')).toEqual([{ master_key_id: box.keyId }]);
  });

  it('goes through more secrets than fit into one transaction', async () => {
    await aRepository();
    await query(`INSERT INTO repo (repo_name, repo_type, owner_id, clone_uri_sealed)
      SELECT 'copy-' || n, 'git', owner_id, clone_uri_sealed FROM repo, generate_series(1, 450) n`);
    await rotateMasterKey(settings);
    expect(await reseal(await boxOfNow())).toEqual({ resealed: 451, unreadable: 0 });
  });

  it('leaves alone what no key opens, and does not count as the one in use', async () => {
    await aRepository();
    const [row] = await query('SELECT master_key_id FROM installation');
    const stranger = new SecretBox(newMasterKey());
    expect(await reseal(stranger)).toEqual({ resealed: 0, unreadable: 1 });
    expect(await readable(await boxOfNow())).toBe(SOURCE);
    expect(await query('SELECT master_key_id FROM installation')).toEqual([row]);
  });
});

it('every sealed column is known', async () => {
  const columns = await query(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name LIKE '%sealed%' ORDER BY 1, 2`,
  );
  const known = Object.values(SEALED_COLUMNS).map(({ table, column }) => ({ table, column }));
  expect(known.toSorted((a, b) => (a.table < b.table ? -1 : 1))).toEqual(columns);
});
