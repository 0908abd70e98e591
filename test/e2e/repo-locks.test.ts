import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { RepoLocks } from '../../src/families/repos/repo-locks.js';
import type { RepoRecord } from '../../src/families/repos/repo-record.js';
import { ReposDirectory } from '../../src/families/repos/repos.directory.js';
import { UsersDirectory } from '../../src/families/users/users.directory.js';
import type { Caller } from '../../src/rpc/call.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let reader: { user_id: number; key: string };
let writer: { user_id: number; key: string };
let other: { user_id: number; key: string };
let owner: { user_id: number; key: string };
let stranger: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api,jobs' });
  reader = await gateway.createUser('reader');
  writer = await gateway.createUser('writer');
  other = await gateway.createUser('other');
  owner = await gateway.createUser('owner');
  stranger = await gateway.createUser('stranger');
});
afterAll(() => gateway.close());

let made = 0;
/** Private, of `owner`, with two writers and a reader. */
async function newRepo(more: object = {}): Promise<string> {
  const name = `locked-${++made}`;
  await gateway.call('create_repo', {
    repo_name: name,
    repo_type: 'git',
    private: true,
    owner: 'owner',
    ...more,
  });
  for (const [userid, perm] of [
    ['reader', 'repository.read'],
    ['writer', 'repository.write'],
    ['other', 'repository.write'],
  ])
    await gateway.call('grant_user_permission', { repoid: name, userid, perm });
  return name;
}

async function eventsOf(repoName: string): Promise<{ type: string; actor: string; data: unknown }[]> {
  const rows = await gateway.app.get(Database).query<{ type: string; body: string }>(
    `SELECT type, body FROM event WHERE type IN ('repo.locked', 'repo.unlocked') AND repo_id =
         (SELECT repo_id FROM repo WHERE repo_name = $1) ORDER BY event_id`,
    [repoName],
  );
  return rows.map(({ type, body }) => {
    const { data } = JSON.parse(body) as { data: Record<string, unknown> & { actor: { username: string } } };
    return { type, actor: data.actor.username, data };
  });
}

const held = (username: string, lock_reason = 'lock_api') => ({
  locked_by: { user_id: expect.any(Number), username },
  locked_since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  lock_reason,
});

describe('lock', () => {
  it('shows that a repository is not locked', async () => {
    const repoid = await newRepo();
    expect(await gateway.call('lock', { repoid }, writer.key)).toEqual({
      repo: repoid,
      locked: false,
      locked_since: null,
      locked_by: null,
      lock_reason: null,
      lock_state_changed: false,
      msg: `Repo \`${repoid}\` not locked.`,
    });
  });

  it('locks for the caller, shows who holds it since when, and unlocks', async () => {
    const repoid = await newRepo();
    const before = Date.now() / 1000;
    const locked = await gateway.call<{ locked_since: number }>('lock', { repoid, locked: true }, writer.key);
    expect(locked).toEqual({
      repo: repoid,
      locked: true,
      locked_since: expect.any(Number),
      locked_by: 'writer',
      lock_reason: 'lock_api',
      lock_state_changed: true,
      msg: `User \`writer\` set lock state for repo \`${repoid}\` to \`True\``,
    });
    expect(locked.locked_since).toBeGreaterThan(before - 1);
    expect(locked.locked_since).toBeLessThan(Date.now() / 1000 + 1);

    const shown = await gateway.call<{ msg: string }>('lock', { repoid }, other.key);
    expect(shown).toMatchObject({
      locked: true,
      locked_since: locked.locked_since,
      locked_by: 'writer',
      lock_state_changed: false,
    });
    const [, date] = /^Repo `\S+` locked by `writer` on `"(\S+)"`\.$/.exec(shown.msg) ?? [];
    expect(new Date(date ?? '').getTime() / 1000).toBe(locked.locked_since);

    expect(await gateway.call('lock', { repoid, locked: 'false' }, writer.key)).toEqual({
      repo: repoid,
      locked: false,
      locked_since: null,
      locked_by: 'writer',
      lock_reason: null,
      lock_state_changed: true,
      msg: `User \`writer\` set lock state for repo \`${repoid}\` to \`False\``,
    });
    expect(await eventsOf(repoid)).toEqual([
      {
        type: 'repo.locked',
        actor: 'writer',
        data: expect.objectContaining({
          repo: expect.objectContaining({ repo_name: repoid, enable_locking: false }),
          lock: held('writer'),
        }),
      },
      {
        type: 'repo.unlocked',
        actor: 'writer',
        data: expect.objectContaining({ previous: { lock: held('writer') } }),
      },
    ]);
  });

  it('changes nothing and tells nobody when it is as asked already', async () => {
    const repoid = await newRepo();
    expect(await gateway.call('lock', { repoid, locked: false }, writer.key)).toMatchObject({
      locked: false,
      lock_state_changed: false,
    });
    const first = await gateway.call('lock', { repoid, locked: true }, writer.key);
    expect(await gateway.call('lock', { repoid, locked: true }, writer.key)).toEqual({
      ...first,
      lock_state_changed: false,
    });
    expect(await eventsOf(repoid)).toHaveLength(1);
  });

  it('is for writers: to readers and strangers the repository does not exist', async () => {
    const repoid = await newRepo();
    for (const { key } of [reader, stranger]) {
      for (const args of [{}, { locked: true }, { locked: false }])
        expect(await gateway.refusal('lock', { repoid, ...args }, key)).toBe(
          `repository \`${repoid}\` does not exist`,
        );
    }
    expect(await gateway.refusal('lock', { repoid: 'no-such' })).toBe('repository `no-such` does not exist');
  });

  it('lets only super admins act in the name of another', async () => {
    const repoid = await newRepo();
    for (const { key } of [writer, owner])
      expect(await gateway.refusal('lock', { repoid, locked: true, userid: 'other' }, key)).toBe(
        'userid is not the same as your user',
      );
    expect(await gateway.call('lock', { repoid, locked: true, userid: 'writer' }, writer.key)).toMatchObject({
      locked_by: 'writer',
    });
    expect(await gateway.call('lock', { repoid, locked: true, userid: other.user_id })).toMatchObject({
      locked_by: 'other',
      msg: `User \`other\` set lock state for repo \`${repoid}\` to \`True\``,
    });
    expect(await gateway.refusal('lock', { repoid, locked: true, userid: 'nobody' })).toBe(
      'user `nobody` does not exist',
    );
  });

  it('is ended or taken over by repository administrators, not by another writer', async () => {
    const repoid = await newRepo();
    await gateway.call('lock', { repoid, locked: true }, writer.key);
    for (const locked of [true, false])
      expect(await gateway.refusal('lock', { repoid, locked }, other.key)).toBe(
        `Error occurred locking repository \`${repoid}\``,
      );
    expect(await gateway.rpc('lock', { repoid, locked: false }, other.key)).toMatchObject({
      error: { code: 1009, data: { detail: '`writer` holds it; a repository administrator may end that' } },
    });
    expect(await gateway.call('lock', { repoid, locked: true }, owner.key)).toMatchObject({
      locked_by: 'owner',
      lock_state_changed: true,
    });
    expect((await eventsOf(repoid)).map(({ type, actor }) => [type, actor])).toEqual([
      ['repo.locked', 'writer'],
      ['repo.unlocked', 'owner'],
      ['repo.locked', 'owner'],
    ]);
    expect(await gateway.call('lock', { repoid, locked: false })).toMatchObject({
      locked: false,
      locked_by: 'admin',
      lock_state_changed: true,
    });
  });

  it('has one winner when two writers ask at once', async () => {
    const repoid = await newRepo();
    const attempt = (key: string) =>
      gateway.call<{ locked_by: string }>('lock', { repoid, locked: true }, key).then(
        ({ locked_by }) => locked_by,
        (error: Error) => error.message,
      );
    const answers = await Promise.all([attempt(writer.key), attempt(other.key)]);
    const { locked_by } = await gateway.call<{ locked_by: string }>('lock', { repoid });
    expect(answers.toSorted()).toEqual(
      [`lock: Error occurred locking repository \`${repoid}\``, locked_by].toSorted(),
    );
    expect(await eventsOf(repoid)).toHaveLength(1);
  });

  it('ends with the account that holds it', async () => {
    const leaver = await gateway.createUser('leaver');
    const repoid = await newRepo();
    await gateway.call('lock', { repoid, locked: true, userid: 'leaver' });
    await gateway.call('delete_user', { userid: leaver.user_id });
    expect(await gateway.call('lock', { repoid }, writer.key)).toMatchObject({
      locked: false,
      locked_since: null,
      lock_reason: null,
    });
  });
});

describe('get_locks', () => {
  it('lists the locked repositories that the caller may read', async () => {
    const mine = await newRepo({ enable_locking: true });
    const hidden = 'locked-hidden';
    await gateway.call('create_repo', { repo_name: hidden, repo_type: 'git', private: true });
    await newRepo();
    await gateway.call('lock', { repoid: mine, locked: true }, other.key);
    await gateway.call('lock', { repoid: hidden, locked: true });

    type Locked = { repo_name: string; locked_by: { username: string } };
    const names = (rows: Locked[]) => rows.map((row) => row.repo_name);
    const [shown, ...more] = (
      await gateway.call<Locked[]>('get_locks', { userid: 'other' }, other.key)
    ).filter((row) => row.repo_name === mine);
    expect(more).toEqual([]);
    expect(shown).toEqual({
      ...(await gateway.call<object[]>('get_repos', { name: mine }, other.key))[0],
      enable_locking: true,
      locked_by: expect.objectContaining({
        username: 'other',
        email: 'other@example.com',
        emails: expect.any(Array),
      }),
      locked_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/),
      lock_reason: 'lock_api',
    });
    const all = names(await gateway.call<Locked[]>('get_locks'));
    expect(all).toEqual(all.toSorted());
    expect(all).toEqual(expect.arrayContaining([mine, hidden]));
    const visible = names(await gateway.call<Locked[]>('get_locks', {}, reader.key));
    expect(visible).toContain(mine);
    expect(visible).not.toContain(hidden);
    expect(await gateway.call('get_locks', {}, stranger.key)).toEqual([]);
    expect(names(await gateway.call<Locked[]>('get_locks', { userid: 'admin' }))).toEqual([hidden]);
    expect(names(await gateway.call<Locked[]>('get_locks', { limit: 1 }))).toEqual(all.slice(0, 1));
    expect(names(await gateway.call<Locked[]>('get_locks', { cursor: all[0] }))).toEqual(all.slice(1));
    expect(await gateway.refusal('get_locks', { userid: 'other' }, writer.key)).toBe(
      'userid is not the same as your user',
    );
    expect(await gateway.refusal('get_locks', { userid: 'nobody' })).toBe('user `nobody` does not exist');
  });
});

describe('clients of a repository with enable_locking', () => {
  const caller = async (userId: number): Promise<Caller> => {
    const { username, admin } = await gateway.app.get(UsersDirectory).require(userId);
    return {
      principal: { userId, username, admin, apiKeyId: 1, scopes: null, dialect: null },
      requestId: 'test',
      ip: '127.0.0.1',
      signal: new AbortController().signal,
    };
  };
  const found = async (name: string) => (await gateway.app.get(ReposDirectory).byName(name)) as RepoRecord;
  const locks = () => gateway.app.get(RepoLocks);

  it('lock by the pull of a writer and unlock by his push', async () => {
    const name = await newRepo({ enable_locking: true });
    const repo = await found(name);
    const pull = async (userId: number) => locks().onPull(await caller(userId), repo);
    expect(await pull(reader.user_id)).toBeNull();
    expect(await pull(writer.user_id)).toMatchObject({ username: 'writer', reason: 'lock_pull' });
    expect(await pull(writer.user_id)).toBeNull();
    expect(await pull(other.user_id)).toBeNull();
    expect(await gateway.call('lock', { repoid: name }, other.key)).toMatchObject({
      locked_by: 'writer',
      lock_reason: 'lock_pull',
    });

    const push = async (userId: number) => {
      const by = await caller(userId);
      await locks().checkPush(by, repo);
      return locks().onPush(by, repo);
    };
    for (const userId of [other.user_id, owner.user_id, 2])
      await expect(push(userId)).rejects.toThrow(`Repository \`${name}\` locked by user \`writer\``);
    expect(await push(writer.user_id)).toBe(true);
    expect(await push(other.user_id)).toBe(false);
    expect((await eventsOf(name)).map(({ type, actor }) => [type, actor])).toEqual([
      ['repo.locked', 'writer'],
      ['repo.unlocked', 'writer'],
    ]);
  });

  it('are stopped by a lock of the API too, which a push leaves alone without enable_locking', async () => {
    const name = await newRepo();
    const repo = await found(name);
    expect(await locks().onPull(await caller(writer.user_id), repo)).toBeNull();
    await gateway.call('lock', { repoid: name, locked: true }, writer.key);
    await expect(locks().checkPush(await caller(other.user_id), repo)).rejects.toThrow('locked by user');
    expect(await locks().onPush(await caller(writer.user_id), repo)).toBe(false);
    expect(await gateway.call('lock', { repoid: name })).toMatchObject({ locked: true });
  });

  it('lock once when two writers pull at the same moment', async () => {
    const repo = await found(await newRepo({ enable_locking: true }));
    const callers = [await caller(writer.user_id), await caller(other.user_id)];
    const outcomes = await Promise.all(callers.map((by) => locks().onPull(by, repo)));
    expect(outcomes.filter((lock) => lock !== null)).toHaveLength(1);
  });

  it('never lock for an anonymous visitor', async () => {
    const name = await newRepo({ enable_locking: true });
    await gateway.call('grant_user_permission', {
      repoid: name,
      userid: 'default',
      perm: 'repository.write',
    });
    await gateway.call('update_repo', { repoid: name, private: false });
    expect(await locks().onPull(await caller(1), await found(name))).toBeNull();
  });

  it('follow what update_repo says, which tells of it', async () => {
    const name = await newRepo();
    expect((await found(name)).enable_locking).toBe(false);
    await gateway.call('update_repo', { repoid: name, enable_locking: true });
    expect((await found(name)).enable_locking).toBe(true);
    const [event] = await gateway.app
      .get(Database)
      .query<{ body: string }>(
        `SELECT body FROM event WHERE type = 'repo.updated' ORDER BY event_id DESC LIMIT 1`,
      );
    expect(JSON.parse(event?.body ?? '')).toMatchObject({
      data: { repo: { repo_name: name, enable_locking: true }, previous: { enable_locking: false } },
    });
  });
});
