import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let bob: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  bob = await gateway.createUser('bob');
});
afterAll(() => gateway.close());

async function send(body: object, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}/_admin/api`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}
const call = (method: string, args: object, key: string, api_key = gateway.adminKey) =>
  send({ id: 1, api_key, method, args, idempotency_key: key });
const names = async () => {
  const repos = await gateway.call<{ repo_name: string }[]>('get_repos');
  return repos.map(({ repo_name }) => repo_name);
};

describe('an idempotency key', () => {
  it('has a call carried out once, and answered the same each time', async () => {
    const create = () => call('create_api_key', { description: 'CI' }, 'key-1');
    const first = await create();
    expect(first.error).toBeNull();
    expect(await create()).toEqual(first);
    const keys = await gateway.call<{ description: string }[]>('get_api_keys');
    expect(keys.filter(({ description }) => description === 'CI')).toHaveLength(1);
  });

  it('comes as a header as well, in all dialects', async () => {
    const body = { jsonrpc: '2.0', id: 7, method: 'create_user_group', params: { group_name: 'team' } };
    const headers = { authorization: `Bearer ${gateway.adminKey}`, 'idempotency-key': 'key-2' };
    const first = await send(body, headers);
    expect(first.result).toBeDefined();
    expect(await send(body, headers)).toEqual(first);
  });

  it('of items of a batch is their own', async () => {
    const item = (id: number, group_name: string, idempotency_key: string) => ({
      jsonrpc: '2.0',
      id,
      method: 'create_user_group',
      params: { group_name },
      idempotency_key,
    });
    const batch = [item(1, 'b1', 'key-b1'), item(2, 'b2', 'key-b2')];
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const first = await send(batch, headers);
    expect(await send(batch, headers)).toEqual(first);
  });

  it('belongs to one call and to one API key', async () => {
    await call('create_user_group', { group_name: 'a' }, 'key-3');
    expect((await call('create_user_group', { group_name: 'b' }, 'key-3')).error).toMatch(
      /used for another call/,
    );
    expect((await call('get_user_group', { usergroupid: 'a' }, 'key-3')).error).toMatch(
      /used for another call/,
    );
    expect((await call('get_user', {}, 'key-3', bob.key)).error).toBeNull();
  });

  it('is free again when the call was refused', async () => {
    expect((await call('create_repo', { repo_name: 'x/y', repo_type: 'git' }, 'key-4')).error).not.toBeNull();
    expect((await call('create_repo', { repo_name: 'z', repo_type: 'git' }, 'key-4')).error).toBeNull();
    expect(await names()).toContain('z');
  });

  it('does not run beside the first call', async () => {
    const both = await Promise.all(
      [1, 2, 3].map(() => call('create_repo', { repo_name: 'once', repo_type: 'git' }, 'key-5')),
    );
    const errors = both.map(({ error }) => error).filter((error) => error !== null);
    for (const error of errors) expect(error).toMatch(/still running/);
    expect(both.some(({ error }) => error === null)).toBe(true);
    expect((await names()).filter((name) => name === 'once')).toHaveLength(1);
  });

  it('says that a call was carried out when a crash took its answer', async () => {
    await call('create_user_group', { group_name: 'lost' }, 'key-6');
    const db = gateway.app.get(Database);
    await db.query(
      `UPDATE idempotency_key SET answer_sealed = NULL, lease_until = now() WHERE key = 'key-6'`,
    );
    expect((await call('create_user_group', { group_name: 'lost' }, 'key-6')).error).toMatch(
      /was carried out/,
    );
    // and one that a crash undid is carried out now
    await db.query(`UPDATE idempotency_key SET carried_out = false WHERE key = 'key-6'`);
    await gateway.call('delete_user_group', { usergroupid: 'lost' });
    expect((await call('create_user_group', { group_name: 'lost' }, 'key-6')).error).toBeNull();
  });

  it('is kept for a day, and its answer sealed', async () => {
    const db = gateway.app.get(Database);
    const answer = await call('create_api_key', { description: 'sealed' }, 'key-7');
    const secret = (answer.result as { api_key: string }).api_key;
    const [row] = await db.query<{ text: string }>(
      `SELECT encode(answer_sealed, 'escape') AS text FROM idempotency_key WHERE key = 'key-7'`,
    );
    expect(row?.text).not.toContain(secret);
    await db.query(`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE key = 'key-7'`);
    const again = await call('create_api_key', { description: 'sealed' }, 'key-7');
    expect((again.result as { api_key: string }).api_key).not.toBe(secret);
  });

  it.each([
    ['', /1 to 255/],
    ['x'.repeat(256), /1 to 255/],
    [5, /1 to 255/],
  ])('refuses %j', async (key, words) => {
    expect((await call('get_user', {}, key as string)).error).toMatch(words);
  });
});
