import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

type Shown = Record<string, unknown>;

let gateway: TestGateway;
let reader: { key: string };
let writer: { key: string };
let owner: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api,jobs' });
  reader = await gateway.createUser('reader');
  writer = await gateway.createUser('writer');
  owner = await gateway.createUser('owner');
});
afterAll(() => gateway.close());

let made = 0;
async function newRepo(): Promise<string> {
  const repoid = `fields-${++made}`;
  await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git', owner: 'owner' });
  await gateway.call('grant_user_permission', { repoid, userid: 'writer', perm: 'repository.write' });
  return repoid;
}

const showFields = (on: boolean) => gateway.call('update_settings', { repository_fields: on });

const add = (repoid: string, field_key: string, field_value = '', more: object = {}) =>
  gateway.call('create_repo_extra_field', { repoid, field_key, field_value, ...more }, owner.key);
const fields = (repoid: string) => gateway.call<Shown[]>('get_repo_extra_fields', { repoid }, owner.key);
const exOf = (repo: Shown | undefined) =>
  Object.fromEntries(Object.entries(repo ?? {}).filter(([name]) => name.startsWith('ex_')));
const shownIn = async (method: 'get_repo' | 'get_repos', name: string) => {
  if (method === 'get_repo') return exOf(await gateway.call('get_repo', { repoid: name }, reader.key));
  return exOf((await gateway.call<Shown[]>('get_repos', { name }, reader.key))[0]);
};
const lastEvent = async (repoid: string) => {
  const [row] = await gateway.app.get(Database).query<{ type: string; body: string }>(
    `SELECT type, body FROM event WHERE repo_id = (SELECT repo_id FROM repo WHERE repo_name = $1)
       AND type LIKE 'repo.%'
       ORDER BY event_id DESC LIMIT 1`,
    [repoid],
  );
  const { data } = JSON.parse(row?.body ?? '{}') as { data: { repo: Shown; previous?: Shown } };
  return { type: row?.type, repo: exOf(data.repo), previous: data.previous };
};

describe('extra fields', () => {
  it('are added, listed in order, changed in part and deleted', async () => {
    const repoid = await newRepo();
    const team = { field_key: 'team', field_label: 'Team', field_desc: 'who cares', field_value: 'core' };
    expect(await gateway.call('create_repo_extra_field', { repoid, ...team }, owner.key)).toEqual({
      msg: 'Added new repository field `team`',
      success: true,
      field: team,
    });
    await add(repoid, 'a-1');
    const bare = { field_key: 'a-1', field_label: 'a-1', field_desc: '', field_value: '' };
    expect(await fields(repoid)).toEqual([team, bare]);
    const changed = { ...team, field_value: 'tools' };
    expect(
      await gateway.call(
        'update_repo_extra_field',
        { repoid, field_key: 'team', field_value: 'tools' },
        owner.key,
      ),
    ).toEqual({ msg: 'Updated repository field `team`', success: true, field: changed });
    expect(await fields(repoid)).toEqual([changed, bare]);
    expect(await gateway.call('delete_repo_extra_field', { repoid, field_key: 'team' }, owner.key)).toEqual({
      msg: 'Deleted repository field `team`',
      success: true,
    });
    expect(await fields(repoid)).toEqual([bare]);
  });

  it('take the names of RhodeCode too', async () => {
    const repoid = await newRepo();
    expect(
      await gateway.call('add_field_to_repo', { repoid, key: 'unit', label: 'Unit', description: 'x' }),
    ).toMatchObject({ msg: 'Added new repository field `unit`', success: true });
    expect(await fields(repoid)).toEqual([
      { field_key: 'unit', field_label: 'Unit', field_desc: 'x', field_value: '' },
    ]);
    expect(await gateway.call('remove_field_from_repo', { repoid, key: 'unit' })).toEqual({
      msg: 'Deleted repository field `unit`',
      success: true,
    });
  });

  it('are refused twice, unknown, or under a bad key', async () => {
    const repoid = await newRepo();
    await add(repoid, 'team');
    expect(await gateway.refusal('create_repo_extra_field', { repoid, field_key: 'team' })).toBe(
      `Field with key \`team\` exists for repo \`${repoid}\``,
    );
    for (const method of ['update_repo_extra_field', 'delete_repo_extra_field'])
      expect(await gateway.refusal(method, { repoid, field_key: 'Team' })).toBe(
        `Field with key \`Team\` does not exists for repo \`${repoid}\``,
      );
    for (const field_key of ['', 'a b', 'a.b', 'ä', 'a/b', 'a\n'])
      expect(await gateway.refusal('create_repo_extra_field', { repoid, field_key })).toBe(
        `failed to create new field for repository \`${repoid}\``,
      );
    expect(await fields(repoid)).toHaveLength(1);
  });

  it('are at most a hundred, and each only once when two are added at the same moment', async () => {
    const repoid = await newRepo();
    const attempt = () =>
      add(repoid, 'same').then(
        () => 'added',
        (error: Error) => error.message,
      );
    expect((await Promise.all([attempt(), attempt()])).toSorted()).toEqual([
      'added',
      `create_repo_extra_field: Field with key \`same\` exists for repo \`${repoid}\``,
    ]);
    await gateway.app.get(Database).query(
      `INSERT INTO repo_extra_field (repo_id, field_key, field_label)
       SELECT repo_id, 'k' || n, '' FROM repo, generate_series(1, 99) AS n WHERE repo_name = $1`,
      [repoid],
    );
    expect(await gateway.refusal('create_repo_extra_field', { repoid, field_key: 'more' })).toBe(
      `failed to create new field for repository \`${repoid}\``,
    );
  });

  it('are for repository administrators', async () => {
    const repoid = await newRepo();
    await add(repoid, 'team');
    for (const method of [
      'create_repo_extra_field',
      'get_repo_extra_fields',
      'update_repo_extra_field',
      'delete_repo_extra_field',
    ]) {
      const args = method === 'get_repo_extra_fields' ? { repoid } : { repoid, field_key: 'team' };
      for (const { key } of [reader, writer])
        expect(await gateway.refusal(method, args, key)).toBe(`repository \`${repoid}\` does not exist`);
    }
  });
});

describe('ex_<key>', () => {
  it.each(['get_repo', 'get_repos'] as const)(
    'is shown by %s while `repository_fields` is on, and as it is now',
    async (method) => {
      const repoid = await newRepo();
      await add(repoid, 'team', 'core');
      await add(repoid, '__proto__', 'odd');
      expect(await shownIn(method, repoid)).toEqual({});
      await showFields(true);
      expect(await shownIn(method, repoid)).toEqual({ ex_team: 'core', ex___proto__: 'odd' });
      await gateway.call('update_repo_extra_field', { repoid, field_key: 'team', field_value: 'tools' });
      expect(await shownIn(method, repoid)).toEqual({ ex_team: 'tools', ex___proto__: 'odd' });
      await gateway.call('delete_repo_extra_field', { repoid, field_key: '__proto__' });
      expect(await shownIn(method, repoid)).toEqual({ ex_team: 'tools' });
      expect(await shownIn(method, await newRepo())).toEqual({});
      await showFields(false);
      expect(await shownIn(method, repoid)).toEqual({});
    },
  );

  it('is told in events, with the value that it had', async () => {
    const repoid = await newRepo();
    await add(repoid, 'quiet', 'x');
    expect((await lastEvent(repoid)).type).toBe('repo.created');
    await showFields(true);
    await add(repoid, 'team', 'core');
    expect(await lastEvent(repoid)).toEqual({
      type: 'repo.updated',
      repo: { ex_quiet: 'x', ex_team: 'core' },
      previous: { ex_team: null },
    });
    await gateway.call('update_repo_extra_field', { repoid, field_key: 'team', field_value: 'tools' });
    expect(await lastEvent(repoid)).toMatchObject({ previous: { ex_team: 'core' } });
    await gateway.call('update_repo', { repoid, description: 'new' });
    expect(await lastEvent(repoid)).toEqual({
      type: 'repo.updated',
      repo: { ex_quiet: 'x', ex_team: 'tools' },
      previous: { description: repoid },
    });
    await gateway.call('delete_repo_extra_field', { repoid, field_key: 'team' });
    expect(await lastEvent(repoid)).toEqual({
      type: 'repo.updated',
      repo: { ex_quiet: 'x' },
      previous: { ex_team: 'tools' },
    });
    await showFields(false);
  });
});
