import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { DirectoryMoves } from '../../src/families/repo-groups/directory-moves.js';
import { NameTree } from '../../src/families/repo-groups/name-tree.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let other: TestGateway;
let db: Database;
beforeAll(async () => {
  gateway = await startTestGateway();
  other = await startTestGateway({}, gateway);
  db = gateway.app.get(Database);
  await gateway.call('create_repo', { repo_name: 'here', repo_type: 'git' });
});
afterAll(async () => {
  await other.close();
  await gateway.close();
});

const place = (name: string) => join(gateway.settings.repoRoot, name);
const intents = () => db.query('SELECT from_name FROM directory_move');
const moves = (of: TestGateway) => of.app.get(DirectoryMoves);

async function expectHere(): Promise<void> {
  expect(existsSync(place('here'))).toBe(true);
  expect(existsSync(place('there'))).toBe(false);
  expect(await intents()).toEqual([]);
}

it('moves nothing once its transaction was cut off', async () => {
  const move = moves(gateway).run('here', 'there', async (tx, moveDirectory) => {
    const [own] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
    await moveDirectory();
  });
  await expect(move).rejects.toThrow();
  await expectHere();
});

it('takes back what it moved although another process took the intent for an abandoned one', async () => {
  const move = moves(gateway).run('here', 'there', async (tx) => {
    const [own] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
    await moves(other).undoLeft();
    renameSync(place('here'), place('there'));
  });
  await expect(move).rejects.toThrow();
  await expectHere();
});

it('takes back what it moved when the database is there again', async () => {
  const move = moves(gateway).run('here', 'there', async () => {
    renameSync(place('here'), place('there'));
    vi.spyOn(gateway.app.get(NameTree), 'change').mockRejectedValueOnce(new Error('away'));
    throw new Error('refused');
  });
  await expect(move).rejects.toThrow('refused');
  await vi.waitUntil(() => existsSync(place('here')));
  await vi.waitUntil(async () => (await intents()).length === 0);
  await expectHere();
});

it('goes on to where the database has it, when the change was made after all', async () => {
  renameSync(place('here'), place('before'));
  await db.query(`INSERT INTO directory_move (from_name, to_name) VALUES ('before', 'here')`);
  await moves(other).undoLeft();
  expect(existsSync(place('before'))).toBe(false);
  await expectHere();
});
