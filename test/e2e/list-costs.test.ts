import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Rights } from '../../src/access/rights.js';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { StartedPrograms } from '../harness/processes.js';

/** What one call took from PostgreSQL and from the system, and how many rows it showed. */
interface Cost {
  statements: number;
  processes: number;
  rows: number;
}

const FEW = 5;
const MANY = 50;

/** Rows `from` to `to` of everything that is listed. Pull requests, comments, members and followers are of `r1`. */
const GROW = `
  INSERT INTO "user" (username, email) SELECT 'u' || n, 'u' || n || '@example.com' FROM generate_series($1::int, $2::int) n;
  INSERT INTO user_email (user_id, email) SELECT user_id, 'also-' || email FROM "user" WHERE username ~ '^u\\d+$'
    ON CONFLICT DO NOTHING;
  INSERT INTO repo_group (group_name, owner_id) SELECT 'g' || n, 2 FROM generate_series($1::int, $2::int) n;
  INSERT INTO repo_group_permission (group_id, user_id, level) SELECT group_id, 1, 1 FROM repo_group
    ON CONFLICT DO NOTHING;
  INSERT INTO user_group (group_name, owner_id) SELECT 'ug' || n, 2 FROM generate_series($1::int, $2::int) n;
  INSERT INTO user_group_member SELECT g.users_group_id, u.user_id FROM user_group g, "user" u
    WHERE u.user_id > 1 ON CONFLICT DO NOTHING;
  INSERT INTO user_group_permission (target_group_id, user_id, level) SELECT users_group_id, 1, 1 FROM user_group
    ON CONFLICT DO NOTHING;
  INSERT INTO repo (repo_name, repo_type, repo_state, group_id, owner_id, locked_by, locked_on, lock_reason)
    SELECT g.group_name || '/r' || n, 'git', 'repo_state_created', g.group_id, 2, 2, now(), 'lock_api'
    FROM generate_series($1::int, $2::int) n JOIN repo_group g ON g.group_name = 'g' || n;
  INSERT INTO repo_permission (repo_id, user_id, level) SELECT r.repo_id, u.user_id, 1 FROM repo r, "user" u
    WHERE u.user_id = 1 OR r.repo_name = 'g1/r1' ON CONFLICT DO NOTHING;
  INSERT INTO repo_extra_field (repo_id, field_key, field_label, field_value)
    SELECT repo_id, 'team', 'Team', 'core' FROM repo ON CONFLICT DO NOTHING;
  INSERT INTO follower (repo_id, user_id) SELECT r.repo_id, u.user_id FROM repo r, "user" u
    WHERE r.repo_name = 'g1/r1' ON CONFLICT DO NOTHING;
  INSERT INTO pull_request (title, owner_id, org_repo_id, org_ref_type, org_ref_name, org_ref_rev,
      other_repo_id, other_ref_type, other_ref_name, other_ref_rev, revisions)
    SELECT 'pr' || n, 2, repo_id, 'branch', 'a', repeat('a', 40), repo_id, 'branch', 'b', repeat('b', 40),
      ARRAY[repeat('a', 40)] FROM generate_series($1::int, $2::int) n, repo WHERE repo_name = 'g1/r1';
  INSERT INTO pull_request_reviewer SELECT p.pull_request_id, u.user_id FROM pull_request p, "user" u
    WHERE u.user_id IN (2, 3) ON CONFLICT DO NOTHING;
  INSERT INTO comment (repo_id, pull_request_id, user_id, text)
    SELECT other_repo_id, pull_request_id, 2, 'words' FROM pull_request, generate_series($1::int, $2::int);
  INSERT INTO changeset_status (repo_id, user_id, revision, status, pull_request_id)
    SELECT other_repo_id, 2, repeat('a', 40), 'approved', pull_request_id FROM pull_request;
  INSERT INTO gist (access_id, gist_type, owner_id) SELECT 'a' || n, 'public', 2 FROM generate_series($1::int, $2::int) n;
  INSERT INTO gist_file SELECT gist_id, 'f', 'text' FROM gist ON CONFLICT DO NOTHING;
  INSERT INTO api_key (user_id, key_hash, prefix) SELECT 2, decode(md5(n::text), 'hex'), 'x' FROM generate_series($1::int, $2::int) n;
  INSERT INTO webhook (adapter, url, event_types) SELECT 'webhook', 'http://x.test', '{*}' FROM generate_series($1::int, $2::int) n`;

/** Keys of printed dialects are the super admin's. */
type Key = 'admin' | 'plain' | 'kallithea-2014' | 'rhodecode-1.3';
type List = [method: string, args: object, by: Key, member?: string];

const LISTS: List[] = [
  ['get_repos', {}, 'admin'],
  ['get_repos', {}, 'plain'],
  ['get_repos', { name: 'g*', repo_type: 'git', owner: 'admin', traverse: true }, 'plain'],
  ['get_locks', {}, 'plain'],
  ['get_users', {}, 'admin'],
  ['get_repo_groups', {}, 'admin'],
  ['get_repo_groups', {}, 'plain'],
  ['get_repo_comments', { repoid: 'g1/r1' }, 'plain'],
  ['get_user_groups', {}, 'admin'],
  ['get_user_groups', {}, 'plain'],
  ['get_pull_requests', { repoid: 'g1/r1' }, 'plain'],
  ['get_pull_request_comments', { pullrequestid: 1 }, 'plain'],
  ['get_gists', {}, 'admin'],
  ['get_api_keys', {}, 'admin'],
  ['get_webhooks', {}, 'admin', 'webhooks'],
  ['get_repo', { repoid: 'g1/r1' }, 'plain', 'followers'],
  ['get_repo', { repoid: 'g1/r1', with_pullrequests: true }, 'plain', 'pull_requests'],
  ...(['kallithea-2014', 'rhodecode-1.3'] as const).flatMap((dialect): List[] => [
    ['get_users', {}, dialect],
    ['get_repos', {}, dialect],
    ['get_user_groups', {}, dialect],
    ['get_user_group', { usergroupid: 'ug1' }, dialect, 'members'],
    ['get_repo', { repoid: 'g1/r1' }, dialect, 'members'],
  ]),
];
const nameOf = ([method, args, by, member = 'all']: List) =>
  `${method} ${JSON.stringify(args)} (${member}) for ${by}`;

let gateway: TestGateway;
const keys: Record<Key, string> = { admin: '', plain: '', 'kallithea-2014': '', 'rhodecode-1.3': '' };
const costs = new Map<string, Cost[]>();
const query = vi.spyOn(pg.Client.prototype, 'query');
const started = new StartedPrograms();

beforeAll(async () => {
  // Nothing else works here meanwhile
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api' });
  keys.admin = gateway.adminKey;
  keys.plain = (await gateway.createUser('plain')).key;
  for (const dialect of ['kallithea-2014', 'rhodecode-1.3'] as const)
    keys[dialect] = (await gateway.call<{ api_key: string }>('create_api_key', { dialect })).api_key;
  await gateway.call('update_settings', { repository_fields: true });
  await grow(1, FEW);
  await measureAll();
  await grow(FEW + 1, MANY);
  await measureAll();
});
afterAll(async () => {
  started.stop();
  query.mockRestore();
  await gateway.close();
});

async function grow(from: number, to: number): Promise<void> {
  const db = gateway.app.get(Database);
  await db.transaction(async (tx) => {
    for (const statement of GROW.replaceAll('$1', String(from)).replaceAll('$2', String(to)).split(';\n'))
      await tx.query(statement);
    await gateway.app.get(Rights).changed(tx);
  });
}

async function measureAll(): Promise<void> {
  for (const list of LISTS) {
    const known = costs.get(nameOf(list)) ?? [];
    // With caches as they are after a change, and with warm ones
    costs.set(nameOf(list), [...known, await measure(list), await measure(list)]);
  }
}

async function measure([method, args, by, member]: List): Promise<Cost> {
  query.mockClear();
  started.count = 0;
  const answer = await gateway.call<Record<string, unknown>>(method, args, keys[by]);
  const rows = (member === undefined ? answer : answer[member]) as unknown[];
  return { statements: statements(), processes: started.count, rows: rows.length };
}

/** Without what is written every few seconds, whoever calls: when keys were last used. */
const statements = () =>
  query.mock.calls.filter((call) => !JSON.stringify(call[0]).includes('last_used_at = to_timestamp')).length;

describe('the cost of', () => {
  it.each(LISTS.map((list) => [nameOf(list)]))('%s is the same for few and for many rows', (name) => {
    const [few, fewAgain, many, manyAgain] = costs.get(name) ?? [];
    expect(few?.rows).toBeGreaterThanOrEqual(FEW);
    expect(few?.rows).toBeLessThan(MANY);
    expect(many?.rows).toBeGreaterThanOrEqual(MANY);
    expect([many?.statements, manyAgain?.statements]).toEqual([few?.statements, fewAgain?.statements]);
    expect([few, fewAgain, many, manyAgain].map((cost) => cost?.processes)).toEqual([0, 0, 0, 0]);
  });

  it('something that needs a process is counted', async () => {
    query.mockClear();
    started.count = 0;
    await gateway.call('create_repo', { repo_name: 'real', repo_type: 'git' });
    await gateway.call('get_repo', { repoid: 'real', with_revision_names: true });
    expect(started.count).toBeGreaterThan(0);
    expect(statements()).toBeGreaterThan(5);
  });
});
