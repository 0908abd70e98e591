import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { DatabaseOutage } from '../../src/database/outage.js';
import { addressOf, Client } from '../harness/client.js';
import { DatabaseLine } from '../harness/database-line.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { createTestDatabase, type TestDatabase } from '../harness/postgres.js';
import { bearer, visit } from '../harness/web.js';

const MESSAGE = 'The database cannot be reached now, try again';

let database: TestDatabase;
let line: DatabaseLine;
let gateway: TestGateway;
beforeAll(async () => {
  database = await createTestDatabase();
  line = await DatabaseLine.to(database.url);
  gateway = await startTestGateway({ DATABASE_URL: line.url });
  await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git' });
  line.cut();
});
afterAll(async () => {
  line.mend();
  await gateway.close();
  await line.close();
  await database.drop();
});

describe('while the database is away', () => {
  it.each(['get_repo', 'update_repo'])('%s says so, and that it is worth another try', async (method) => {
    expect(await gateway.refusal(method, { repoid: 'proj' })).toBe(MESSAGE);
    const response = await fetch(`${gateway.url}/_admin/rpc`, {
      method: 'POST',
      headers: bearer(gateway.adminKey),
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { repoid: 'proj' } }),
    });
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 1013, message: MESSAGE, data: { reason: 'UNAVAILABLE' } },
    });
  });

  it.each([
    ['a web view', '/proj/feed/atom'],
    ['a client of git', '/proj/info/refs?service=git-upload-pack'],
    ['live events', '/_admin/events'],
    ['the health check', '/_admin/readyz'],
  ])('%s gets 503', async (_what, path) => {
    const { status, text } = await visit(gateway, path, { headers: bearer(gateway.adminKey) });
    expect(status).toBe(503);
    expect(text).toMatch(/database/i);
    expect(text).not.toContain(new URL(line.url).port);
  });
});

it('goes on when the database is back', async () => {
  line.mend();
  const client = new Client();
  await expect
    .poll(() => gateway.call('get_repo', { repoid: 'proj' }).catch(() => null))
    .toMatchObject({ repo_name: 'proj' });
  await client.git('.', 'clone', '-q', addressOf(gateway, 'proj', 'admin', gateway.adminKey), 'work');
  client.remove();
});

it('is told of when the connection goes between the last statement and the commit', async () => {
  const db = gateway.app.get(Database);
  const work = db.transaction(async (tx) => {
    const [own] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
    const isGone = () =>
      tx.query('SELECT 1').then(
        () => false,
        () => true,
      );
    await vi.waitUntil(isGone);
  });
  await expect(work).rejects.toBeInstanceOf(DatabaseOutage);
});
