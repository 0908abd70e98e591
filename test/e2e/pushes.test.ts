import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { PushPolicies, type PushPolicy } from '../../src/families/repos/push-policies.js';
import { toPushCaller } from '../../src/families/repos/push-record.js';
import { Pushes } from '../../src/families/repos/pushes.service.js';
import { ReposDirectory } from '../../src/families/repos/repos.directory.js';
import type { Caller } from '../../src/rpc/call.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { pushInto } from '../harness/pushing.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';
import { hasHg, run, WorkTree } from '../harness/repositories.js';

let gateway: TestGateway;
let ada: Caller;
let events: () => Promise<RecordedEvent[]>;
beforeAll(async () => {
  gateway = await startTestGateway();
  ada = await callerFor('ada');
});
afterAll(() => gateway.close());
beforeEach(async () => {
  events = await followEvents(gateway);
});

async function callerFor(username: string): Promise<Caller> {
  const { user_id: userId } = await gateway.createUser(username);
  return {
    principal: { userId, username, admin: false, apiKeyId: null, scopes: null, dialect: null },
    requestId: `req_${username}`,
    ip: '127.0.0.1',
    signal: new AbortController().signal,
  };
}

let count = 0;
async function repository(type: 'git' | 'hg') {
  const name = `pushed-${(count += 1)}`;
  await gateway.call('create_repo', { repo_name: name, repo_type: type });
  const directory = join(gateway.settings.repoRoot, name);
  const tree = WorkTree.clone(type, directory);
  const record = async () => {
    const repo = await gateway.app.get(ReposDirectory).byName(name);
    if (!repo) throw new Error('it is not there');
    return repo;
  };
  const push = async (...args: string[]) =>
    pushInto(
      await gateway.app.get(Pushes).begin(ada, await record()),
      type,
      tree.directory,
      directory,
      ...args,
    );
  events = await followEvents(gateway);
  return {
    name,
    directory,
    tree,
    push,
    record,
    client: (...args: string[]) => run(type, tree.directory, ...args),
  };
}

const types = (list: readonly RecordedEvent[]) => list.map(({ type }) => type);
type Refs = Record<string, unknown>[];
const refsOf = (event: RecordedEvent | undefined) => event?.data['refs'] as unknown as Refs;

describe('a push to a git repository', () => {
  it('is told once, with every ref, its commits and what they touch', async () => {
    const { name, tree, push } = await repository('git');
    const first = tree.commit('a.txt', 'a', 'First\n\nWith a body');
    const second = tree.commit('a.txt', 'b', 'Second');
    const { code } = await push('main', 'main:also');
    expect(code).toBe(0);
    const [pushed, ...others] = await events();
    expect(types(others)).toEqual(['branch.created', 'branch.created']);
    expect(pushed).toMatchObject({
      type: 'repo.pushed',
      data: {
        actor: { username: 'ada' },
        request_id: 'req_ada',
        repository: { repo_name: name },
        repo: { last_changeset: { raw_id: second } },
        source: 'push',
        ref_count: 2,
      },
    });
    expect(refsOf(pushed)).toMatchObject([
      {
        type: 'branch',
        name: 'main',
        old: null,
        new: second,
        created: true,
        deleted: false,
        forced: false,
        commit_count: 2,
        commits: [
          {
            raw_id: first,
            message: 'First\n\nWith a body',
            author: 'Ada <ada@example.com>',
            added: ['a.txt'],
          },
          { raw_id: second, parents: [first], changed: ['a.txt'], added: [], truncated: false },
        ],
      },
      { type: 'branch', name: 'also', commit_count: 2 },
    ]);
    const shown = await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', { repoid: name });
    expect(shown.last_changeset.raw_id).toBe(second);
    tree.remove();
  });

  it('tells what a branch gained, whether it was forced, and what is gone', async () => {
    const { tree, push, client } = await repository('git');
    const first = tree.commit('a.txt', 'a', 'First');
    await push('main', 'main:side');
    const lost = tree.commit('a.txt', 'b', 'Lost');
    await push('main');
    client('reset', '-q', '--hard', first);
    const kept = tree.commit('a.txt', 'c', 'Kept');
    await events();
    await push('--force', 'main', ':side');
    const [pushed, ...others] = await events();
    expect(refsOf(pushed)).toMatchObject([
      { name: 'main', old: lost, new: kept, forced: true, commit_count: 1, commits: [{ raw_id: kept }] },
      { name: 'side', old: first, new: null, deleted: true, commit_count: 0 },
    ]);
    expect(others).toMatchObject([
      { type: 'branch.deleted', data: { branch: { name: 'side', raw_id: first } } },
    ]);
    tree.remove();
  });

  it('tells of tags by the commits that they name', async () => {
    const { tree, push, client } = await repository('git');
    const id = tree.commit('a.txt', 'a', 'First');
    client('tag', '-a', '-m', 'Release', 'v1');
    await push('main', 'v1');
    const tagObject = client('rev-parse', 'v1');
    expect(tagObject).not.toBe(id);
    const [pushed, , created] = await events();
    expect(refsOf(pushed)?.[1]).toMatchObject({ type: 'tag', name: 'v1', new: tagObject });
    expect(created).toMatchObject({ type: 'tag.created', data: { tag: { name: 'v1', raw_id: id } } });
    await push(':v1');
    expect(await events()).toMatchObject([
      { type: 'repo.pushed' },
      { type: 'tag.deleted', data: { tag: { name: 'v1', raw_id: id } } },
    ]);
    tree.remove();
  });

  it('counts all commits of a large one and shows the newest', async () => {
    const { tree, push, client } = await repository('git');
    tree.commit('a.txt', 'a', 'First');
    await push('main');
    for (let index = 0; index < 120; index += 1)
      client('commit', '-q', '--allow-empty', '-m', `Number ${index}`);
    await events();
    await push('main');
    const [pushed] = await events();
    const [ref] = refsOf(pushed) ?? [];
    const commits = ref?.['commits'] as { message: string }[];
    expect(ref).toMatchObject({ commit_count: 120 });
    expect(commits.map(({ message }) => message)).toEqual(
      Array.from({ length: 50 }, (_, index) => `Number ${70 + index}`),
    );
    tree.remove();
  });

  it('changes nothing and is not told when it brings nothing', async () => {
    const { tree, push } = await repository('git');
    tree.commit('a.txt', 'a', 'First');
    await push('main');
    await events();
    expect((await push('main')).code).toBe(0);
    expect(await events()).toEqual([]);
    tree.remove();
  });

  it('is refused with the reason when a name is longer than can be kept', async () => {
    const { tree, push } = await repository('git');
    tree.commit('a.txt', 'a', 'First');
    const name = (bytes: number) =>
      randomBytes(bytes / 2)
        .toString('hex')
        .replace(/.{100}(?=.)/g, '$&/');
    const { code, output } = await push(`main:refs/heads/${name(3_000)}`);
    expect(code).toBe(1);
    expect(output).toContain('remote: names of refs may have 1000 bytes at most');
    expect((await push(`main:refs/heads/${name(900)}`)).code).toBe(0);
    expect((await events()).map(({ type }) => type)).toEqual(['repo.pushed', 'branch.created']);
    tree.remove();
  });

  it('cannot write where the commits of pull requests are kept', async () => {
    const { tree, push } = await repository('git');
    tree.commit('a.txt', 'a', 'First');
    const { code, output } = await push('main:refs/pull/1/head');
    expect(code).toBe(1);
    expect(output).toContain('remote: refs/pull/ belongs to the pull requests of this server');
    tree.remove();
  });
});

describe.skipIf(!hasHg)('a push to a Mercurial repository', () => {
  it('is told once, with branches, bookmarks, changesets and what they touch', async () => {
    const { name, tree, push, client } = await repository('hg');
    const first = tree.commit('a.txt', 'a', 'First');
    client('bookmark', 'mark');
    tree.branch('side');
    const second = tree.commit('b.txt', 'b', 'Second');
    const { code, output } = await push('--new-branch', '-B', 'mark');
    expect(output).not.toContain('abort');
    expect(code).toBe(0);
    const [pushed, ...others] = await events();
    expect(pushed).toMatchObject({
      type: 'repo.pushed',
      data: { repository: { repo_name: name }, repo: { last_changeset: { raw_id: second } }, ref_count: 3 },
    });
    expect(refsOf(pushed)).toMatchObject([
      { type: 'bookmark', name: 'mark', old: null, created: true },
      {
        type: 'branch',
        name: 'default',
        new: first,
        commit_count: 1,
        commits: [{ raw_id: first, branch: 'default', added: ['a.txt'], message: 'First' }],
      },
      { type: 'branch', name: 'side', new: second, commits: [{ raw_id: second, added: ['b.txt'] }] },
    ]);
    expect(types(others).toSorted()).toEqual(['bookmark.created', 'branch.created', 'branch.created']);
    tree.remove();
  });

  it('tells of tags, of closed branches and of bookmarks that go', async () => {
    const { tree, push, client } = await repository('hg');
    const first = tree.commit('a.txt', 'a', 'First');
    client('bookmark', '-r', '.', 'mark');
    tree.branch('side');
    tree.commit('b.txt', 'b', 'Second');
    await push('--new-branch');
    await push('-B', 'mark');
    client('commit', '-q', '--close-branch', '-m', 'Done');
    client('update', '-q', '-r', first);
    client('tag', '-r', first, 'v1');
    await events();
    await push();
    const told = (await events()).slice(1).map(({ type, data }) => [type, data['tag'] ?? data['branch']]);
    expect(told).toMatchObject([
      ['branch.deleted', { name: 'side' }],
      ['tag.created', { name: 'v1', raw_id: first }],
    ]);
    client('bookmark', '-d', 'mark');
    await push('-B', 'mark');
    expect(types(await events())).toEqual(['repo.pushed', 'bookmark.deleted']);
    tree.remove();
  });
});

describe.each(['git', 'hg'] as const)('what may refuse a push (%s)', (type) => {
  const branch = type === 'git' ? ['main'] : [];

  async function under(policy: Partial<PushPolicy>, use: () => Promise<void>): Promise<void> {
    const remove = gateway.app.get(PushPolicies).add({
      name: 'double',
      deadlineMs: 5_000,
      whenItFails: 'refuse',
      check: () => Promise.resolve(null),
      ...policy,
    });
    await use().finally(remove);
  }

  it.skipIf(type === 'hg' && !hasHg)(
    'sees refs and commits that nobody else sees yet, and tells the client why',
    async () => {
      const { tree, push, record } = await repository(type);
      const id = tree.commit('a.txt', 'a', 'Secret');
      const seen: unknown[] = [];
      const check: PushPolicy['check'] = async (change) => {
        const ref = change.changes.find(({ kind }) => kind === 'branch');
        if (!ref) return 'no branch';
        seen.push(
          ref.from,
          ref.to,
          ...(await change.commits(ref, 10)).map(({ message, added }) => [message, added]),
        );
        return 'Secrets stay at home';
      };
      await under({ check }, async () => {
        const { code, output } = await push(...branch);
        expect(code).not.toBe(0);
        expect(output).toContain('Secrets stay at home');
      });
      expect(seen).toEqual([null, id, ['Secret', ['a.txt']]]);
      expect((await record()).last_changeset).toBeNull();
      expect(await events()).toEqual([]);
      expect((await push(...branch)).code).toBe(0);
      expect(types(await events())).toEqual(['repo.pushed', 'branch.created']);
      tree.remove();
    },
  );

  it.skipIf(type === 'hg' && !hasHg)(
    'refuses when it fails or is late, or lets pass, as it declares',
    async () => {
      const { tree, push } = await repository(type);
      tree.commit('a.txt', 'a', 'First');
      const never = () => new Promise<null>(() => undefined);
      await under({ check: never, deadlineMs: 50 }, async () => {
        const { code, output } = await push(...branch);
        expect(code).not.toBe(0);
        expect(output).toContain('the policy double could not be asked');
      });
      const fail = () => Promise.reject(new Error('it broke'));
      await under({ check: fail, whenItFails: 'allow' }, async () => {
        expect((await push(...branch)).code).toBe(0);
      });
      tree.remove();
    },
  );

  it.skipIf(type === 'hg' && !hasHg)('is a lock that somebody took after the push began', async () => {
    const { name, tree, record, directory } = await repository(type);
    tree.commit('a.txt', 'a', 'First');
    const receiving = await gateway.app.get(Pushes).begin(ada, await record());
    await gateway.call('lock', { repoid: name, locked: true });
    const { code, output } = await pushInto(receiving, type, tree.directory, directory, ...branch);
    expect(code).not.toBe(0);
    expect(output).toContain(`Repository \`${name}\` locked by user`);
    await expect(gateway.app.get(Pushes).begin(ada, await record())).rejects.toThrow('locked by user');
    tree.remove();
  });
});

describe.each(['git', 'hg'] as const)('changes that the gateway makes itself (%s)', (type) => {
  it.skipIf(type === 'hg' && !hasHg)('are told of as pulled', async () => {
    const source = await repository(type);
    const first = source.tree.commit('a.txt', 'a', 'First');
    await source.push(...(type === 'git' ? ['main'] : []));
    const fork = `${source.name}-fork`;
    await gateway.call('fork_repo', { repoid: source.name, fork_name: fork });
    const second = source.tree.commit('a.txt', 'b', 'Second');
    await source.push(...(type === 'git' ? ['main'] : []));
    await events();
    await gateway.call('pull', { repoid: fork });
    const [pushed, pulled] = await events();
    expect(pushed).toMatchObject({
      type: 'repo.pushed',
      data: { source: 'pull', repository: { repo_name: fork }, actor: { username: 'admin' } },
    });
    expect(refsOf(pushed)).toMatchObject([{ old: first, new: second, commits: [{ raw_id: second }] }]);
    expect(pulled?.type).toBe('repo.pulled');
    await gateway.call('pull', { repoid: fork });
    expect(types(await events())).toEqual(['repo.pulled']);
    source.tree.remove();
  });

  it.skipIf(type === 'hg' && !hasHg)('are told of as merged, unless a policy refuses', async () => {
    const { name, tree, push } = await repository(type);
    const main = type === 'git' ? 'main' : 'default';
    const first = tree.commit('a.txt', 'a', 'First');
    tree.branch('feature');
    const second = tree.commit('b.txt', 'b', 'Second');
    await push(...(type === 'git' ? ['main', 'feature'] : ['--new-branch']));
    const { pull_request_id: id } = await gateway.call('create_pull_request', {
      source_repo: name,
      target_repo: name,
      source_ref: 'branch:feature',
      target_ref: `branch:${main}`,
    });
    await events();
    const seen: string[] = [];
    const remove = gateway.app.get(PushPolicies).add({
      name: 'double',
      deadlineMs: 10_000,
      whenItFails: 'refuse',
      check: async (change) => {
        const [ref] = change.changes;
        for (const { message } of ref ? await change.commits(ref, 10) : [])
          seen.push(message.split('\n')[0] ?? '');
        return `not on ${change.source}`;
      },
    });
    expect(await gateway.refusal('merge_pull_request', { pullrequestid: id })).toBe(
      'merge not possible for following reasons: not on merge',
    );
    remove();
    expect(seen).toEqual(['Second', expect.stringMatching(/^Merge pull request/)]);
    expect(await events()).toEqual([]);
    const { merge_commit_id: merge } = await gateway.call('merge_pull_request', { pullrequestid: id });
    const told = await events();
    expect(types(told)).toEqual(['pull_request.merged', 'pull_request.closed', 'repo.pushed']);
    expect(told[2]).toMatchObject({ data: { source: 'merge', actor: { username: 'admin' } } });
    expect(refsOf(told[2])).toMatchObject([
      { name: main, old: first, new: merge, forced: false, commits: [{ raw_id: second }, { raw_id: merge }] },
    ]);
    tree.remove();
  });
});

describe.each(['git', 'hg'] as const)('a rescan (%s)', (type) => {
  it.skipIf(type === 'hg' && !hasHg)("tells of what changed behind the gateway's back, once", async () => {
    const { name, tree, push } = await repository(type);
    const branch = type === 'git' ? ['main'] : [];
    const first = tree.commit('a.txt', 'a', 'First');
    await push(...branch);
    const second = tree.commit('a.txt', 'b', 'Second');
    tree.push();
    await events();
    const db = gateway.app.get(Database);
    const rescanned = async () => {
      await gateway.call('rescan_repos');
      await vi.waitFor(async () => expect(await db.query('SELECT FROM push')).toEqual([]), 20_000);
      return (await events()).filter(({ data }) => data['repository']?.['repo_name'] === name);
    };
    const told = await rescanned();
    expect(told).toMatchObject([{ type: 'repo.pushed', data: { source: 'recovered' } }]);
    expect(refsOf(told[0])).toMatchObject([{ old: first, new: second, commits: [{ raw_id: second }] }]);
    expect(await rescanned()).toEqual([]);
    tree.remove();
  });
});

describe('pull requests', () => {
  it('follow a push to their source', async () => {
    const { name, tree, push } = await repository('git');
    tree.commit('a.txt', 'a', 'First');
    tree.branch('feature');
    tree.commit('b.txt', 'b', 'Second');
    expect(await push('main', 'feature')).toMatchObject({ code: 0 });
    await gateway.call('create_pull_request', {
      source_repo: name,
      target_repo: name,
      source_ref: 'branch:feature',
      target_ref: 'branch:main',
    });
    const third = tree.commit('b.txt', 'c', 'Third');
    await events();
    await push('feature');
    const told = await events();
    expect(types(told)).toEqual(['repo.pushed', 'pull_request.updated']);
    expect(told[1]?.data['pull_request']?.['revisions']).toContain(third);
    tree.remove();
  });
});

describe('a push that is about to change refs', () => {
  it("is its own gateway's for as long as that lives, and keeps the repository where it is", async () => {
    const { name, record } = await repository('git');
    const [ours, theirs] = duplexPair();
    const receiving = await gateway.app.get(Pushes).begin(ada, await record());
    receiving.connect(ours);
    theirs.write(`changing\n${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/main\n\n`);
    expect(String((await once(theirs, 'data'))[0])).toBe('ok\n');

    const db = gateway.app.get(Database);
    const look = async () => {
      const [row] = await db.query<{ lease_until: Date; attempts: number }>('SELECT * FROM push');
      return row;
    };
    const first = await look();
    const other = await startTestGateway({}, gateway);
    await vi.waitFor(async () => expect((await look())?.lease_until).not.toEqual(first?.lease_until), 20_000);
    expect(await look()).toMatchObject({ attempts: 0 });
    for (const method of ['delete_repo', 'update_repo'])
      expect(
        await gateway.refusal(method, { repoid: name, ...(method === 'update_repo' && { name: 'away' }) }),
      ).toContain('somebody pushes to it');
    await other.close();

    await events();
    await receiving.finished();
    expect(await look()).toBeUndefined();
    expect(await events()).toEqual([]);
    await gateway.call('delete_repo', { repoid: name });
  });

  /** What a gateway that died leaves of a push whose git had done its part. */
  const leftBehind = async (
    repoId: number,
    change: { from: string | null; to: string; name?: string },
    leaseS: number,
  ) => {
    await gateway.app.get(Database).query(
      `WITH left_behind AS (
         INSERT INTO push (push_id, repo_id, source, caller, lease_until)
         VALUES (gen_random_uuid(), $1, 'push', $2, now() + $6 * interval '1 s') RETURNING push_id)
       INSERT INTO ref_change (push_id, repo_id, kind, name, from_id, to_id)
       SELECT push_id, $1, 'branch', $5, $3, $4 FROM left_behind`,
      [repoId, toPushCaller(ada), change.from, change.to, change.name ?? 'main', leaseS],
    );
  };

  it('is told of before the repository may go, when its gateway has died', async () => {
    const { name, tree, record } = await repository('git');
    const id = tree.commit('a.txt', 'a', 'First');
    tree.push();
    await leftBehind((await record()).repo_id, { from: null, to: id }, -1);
    await events();
    const remove = () => gateway.call('delete_repo', { repoid: name }).catch((error: Error) => error.message);
    await expect.poll(remove, { timeout: 10_000 }).toMatchObject({ success: true });
    const told = await events();
    expect(told.map(({ type }) => type)).toEqual(['repo.pushed', 'branch.created', 'repo.deleted']);
    expect(told[0]?.data).toMatchObject({ source: 'recovered', refs: [{ new: id }] });
    tree.remove();
  });

  it('is told of before what was pushed on top of it, when its gateway has died', async () => {
    const { tree, push, record } = await repository('git');
    const first = tree.commit('a.txt', 'a', 'First');
    await push('main');
    const second = tree.commit('a.txt', 'b', 'Second');
    tree.push();
    await events();
    await leftBehind((await record()).repo_id, { from: first, to: second }, 1);
    // Another branch waits for nobody
    await push('main:side');
    expect((await events()).map(({ data }) => data['source'])).toEqual(['push', 'push']);
    const third = tree.commit('a.txt', 'c', 'Third');
    await push('main');
    expect((await events()).map((event) => [event.data['source'], refsOf(event)?.[0]?.['new']])).toEqual([
      ['recovered', second],
      ['push', third],
    ]);
    tree.remove();
  });

  it('is told of in its turn, when both their gateways have died', async () => {
    const { tree, push, record } = await repository('git');
    const ids = ['First', 'Second', 'Third'].map((message) => tree.commit('a.txt', message, message));
    await push(`${ids[0]}:refs/heads/main`);
    tree.push();
    await events();
    const { repo_id: repoId } = await record();
    const db = gateway.app.get(Database);
    await leftBehind(repoId, { from: ids[0] as string, to: ids[1] as string }, 2);
    await db.query('UPDATE ref_change SET has_happened = true WHERE repo_id = $1', [repoId]);
    await leftBehind(repoId, { from: ids[1] as string, to: ids[2] as string }, 0);
    const all: RecordedEvent[] = [];
    await expect
      .poll(async () => all.push(...(await events())), { timeout: 15_000 })
      .toBeGreaterThanOrEqual(2);
    expect(all.map((event) => refsOf(event)?.[0]?.['new'])).toEqual(ids.slice(1));
    tree.remove();
  });
});
