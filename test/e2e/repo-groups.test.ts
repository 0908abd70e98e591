import { existsSync } from 'node:fs';
import { readdir, rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { expectNamesToAgree } from '../harness/name-agreement.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';
import { run } from '../harness/repositories.js';

interface Group {
  group_id: number;
  group_name: string;
  parent_group: string | null;
  repositories: string[];
}

let gateway: TestGateway;
let alice: { user_id: number; key: string };
let newEvents: () => Promise<RecordedEvent[]>;

beforeAll(async () => {
  gateway = await startTestGateway();
  alice = await gateway.createUser('alice');
  newEvents = await followEvents(gateway);
});
afterAll(() => gateway.close());

const onDisk = (name: string) => join(gateway.settings.repoRoot, name);
const createGroup = async (group_name: string, more: object = {}) =>
  (await gateway.call<{ repo_group: Group }>('create_repo_group', { group_name, ...more })).repo_group;
const createRepo = (repo_name: string, more: object = {}) =>
  gateway.call('create_repo', { repo_name, repo_type: 'git', ...more });
const getGroup = (repogroupid: number | string) => gateway.call<Group>('get_repo_group', { repogroupid });
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: Error) => error.message,
  );

describe('create_repo_group', () => {
  it('makes a group and its directory, and tells of it', async () => {
    await newEvents();
    const answer = await gateway.call('create_repo_group', { group_name: 'first', description: 'One' });
    const repo_group = {
      group_id: expect.any(Number),
      group_name: 'first',
      group_description: 'One',
      parent_group: null,
      repositories: [],
      owner: 'admin',
    };
    expect(answer).toEqual({ msg: 'created new repo group `first`', repo_group });
    expect(existsSync(onDisk('first'))).toBe(true);
    expect(await newEvents()).toEqual([
      { type: 'repo_group.created', data: expect.objectContaining({ repo_group, source: 'api' }) },
    ]);
  });

  it('says the bare name and shows the full one, with the name as the description', async () => {
    expect(
      await gateway.call('create_repo_group', { group_name: 'sub', parent: 'first', owner: 'alice' }),
    ).toMatchObject({
      msg: 'created new repo group `sub`',
      repo_group: {
        group_name: 'first/sub',
        group_description: 'sub',
        parent_group: 'first',
        owner: 'alice',
      },
    });
  });

  it('gives the default right and, to an owner who is no super admin, admin; or copies the rights of the parent', async () => {
    expect(await getGroup('first')).toMatchObject({
      members: [{ name: 'default', type: 'user', permission: 'group.read' }],
    });
    expect(await getGroup('first/sub')).toMatchObject({
      members: [
        { name: 'default', type: 'user', permission: 'group.read' },
        { name: 'alice', type: 'user', permission: 'group.admin' },
      ],
    });
    await createGroup('copy', { parent: 'first/sub', copy_permissions: true });
    expect(await getGroup('first/sub/copy')).toMatchObject({
      members: [
        { name: 'default', type: 'user', permission: 'group.read' },
        { name: 'alice', type: 'user', permission: 'group.admin' },
      ],
    });
  });

  it('refuses a name that is taken where it would lie, whatever its case, and no other', async () => {
    expect(await gateway.refusal('create_repo_group', { group_name: 'FIRST' })).toBe(
      'repo group `FIRST` already exist',
    );
    expect(await gateway.refusal('create_repo_group', { group_name: 'sub', parent: 'first' })).toBe(
      'repo group `sub` already exist',
    );
    expect(await createGroup('first', { parent: 'first' })).toMatchObject({ group_name: 'first/first' });
    await createRepo('first/app');
    expect(await gateway.refusal('create_repo_group', { group_name: 'app', parent: 'first' })).toBe(
      'failed to create repo group `app`',
    );
  });

  it.each(['', '.', '..', 'a/b', '/a', 'a b', '<b>', '_admin', '_7', '.git', 'rm__x', 'e\u0301', 'a\u202eb'])(
    'refuses the name %j and leaves nothing behind',
    async (group_name) => {
      const before = await readdir(gateway.settings.repoRoot);
      expect(await gateway.refusal('create_repo_group', { group_name })).toBe(
        `failed to create repo group \`${group_name}\``,
      );
      expect(await readdir(gateway.settings.repoRoot)).toEqual(before);
    },
  );

  it('refuses a parent and an owner that do not exist', async () => {
    expect(await gateway.refusal('create_repo_group', { group_name: 'x', parent: 'nowhere' })).toBe(
      'repository group `nowhere` does not exist',
    );
    expect(await gateway.refusal('create_repo_group', { group_name: 'x', owner: 'nobody' })).toBe(
      'failed to create repo group `x`',
    );
    expect(await gateway.rpc('create_repo_group', { group_name: 'x', owner: 'nobody' })).toMatchObject({
      error: { code: 1010, data: { detail: 'user `nobody` does not exist' } },
    });
  });

  it('does not take the directory of a repository that the gateway does not know', async () => {
    run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', 'unknown');
    expect(await gateway.refusal('create_repo_group', { group_name: 'unknown' })).toBe(
      'failed to create repo group `unknown`',
    );
    expect(await gateway.refusal('get_repo_group', { repogroupid: 'unknown' })).toBe(
      'repository group `unknown` does not exist',
    );
    await rename(onDisk('unknown'), join(gateway.settings.home, 'unknown'));
  });

  it('touches nothing outside the root, whatever the names are', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '~',
      '%2e',
      '\n',
      '-',
      'a',
      'B',
      '_1',
      'é',
      '\u202e',
      '.git',
    );
    const name = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    await gateway.call('create_repo_group', { group_name: 'cage' });
    const outside = async () => (await readdir(join(gateway.settings.repoRoot, '..'))).toSorted();
    const before = await outside();
    await fc.assert(
      fc.asyncProperty(name, name, async (one, other) => {
        await outcome(gateway.call('create_repo_group', { group_name: one, parent: 'cage' }));
        await outcome(gateway.call('create_repo_group', { group_name: one, parent: `cage/${other}` }));
        await outcome(createRepo(`cage/${one}/${other}`));
        await outcome(
          gateway.call('update_repo_group', { repogroupid: `cage/${one}`, group_name: other, parent: '' }),
        );
        await outcome(gateway.call('delete_repo_group', { repogroupid: other, recursive: true }));
        expect(await outside()).toEqual(before);
      }),
      { numRuns: 60 },
    );
    await gateway.call('delete_repo_group', { repogroupid: 'cage', recursive: true });
    await expectNamesToAgree(gateway);
  });

  it('makes one of a group and a repository of one name that are created at once', async () => {
    const outcomes = await Promise.all([
      outcome(gateway.call('create_repo_group', { group_name: 'both' })),
      outcome(createRepo('both')),
      outcome(gateway.call('create_repo_group', { group_name: 'Both' })),
    ]);
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(1);
    await expectNamesToAgree(gateway);
  });
});

describe('get_repo_groups', () => {
  it('lists groups by name with their direct repositories, sorted without case', async () => {
    await createGroup('list');
    await createGroup('inner', { parent: 'list' });
    for (const name of ['list/b', 'list/A', 'list/inner/z']) await createRepo(name);
    const groups = await gateway.call<Group[]>('get_repo_groups');
    expect(groups.map((group) => group.group_name)).toEqual(
      groups.map((group) => group.group_name).toSorted(),
    );
    expect(groups.find(({ group_name }) => group_name === 'list')).toEqual({
      group_id: expect.any(Number),
      group_name: 'list',
      group_description: 'list',
      parent_group: null,
      repositories: ['list/A', 'list/b'],
      owner: 'admin',
    });
  });

  it('gives pages that join to the whole', async () => {
    const all = await gateway.call<Group[]>('get_repo_groups');
    const pages: Group[] = [];
    for (;;) {
      const page = await gateway.call<Group[]>('get_repo_groups', {
        limit: 2,
        ...(pages.length > 0 && { cursor: pages.at(-1)?.group_name }),
      });
      expect(page.length).toBeLessThanOrEqual(2);
      if (page.length === 0) break;
      pages.push(...page);
    }
    expect(pages).toEqual(all);
  });

  it('costs the same few queries whatever their number', async () => {
    const db = gateway.app.get(Database);
    const cost = async () => {
      const spies = [vi.spyOn(db, 'query'), vi.spyOn(db, 'prepared')];
      await gateway.call('get_repo_groups');
      // Background work asks for other tables
      const texts = spies.flatMap((spy) => spy.mock.calls.map((call) => call.slice(0, 2).join(' ')));
      const calls = texts.filter((text) => /\brepo_group\b/.test(text)).length;
      for (const spy of spies) spy.mockRestore();
      return calls;
    };
    await cost();
    const before = await cost();
    expect(before).toBeGreaterThan(0);
    for (let n = 0; n < 5; n += 1) await createGroup(`more${n}`, { parent: 'list' });
    await cost();
    expect(await cost()).toBe(before);
  });

  it('shows a scoped key only what its scopes name', async () => {
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['*repo_group*', 'group:list/**'],
    });
    const names = async (args: object) =>
      (await gateway.call<Group[]>('get_repo_groups', args, api_key)).map((group) => group.group_name);
    expect((await names({})).slice(0, 2)).toEqual(['list', 'list/inner']);
    expect(await names({ limit: 1 })).toEqual(['list']);
    await gateway.call('create_repo', { repo_name: 'list/hidden', repo_type: 'git' });
    expect(await getGroup('list')).toMatchObject({
      repositories: ['list/A', 'list/b', 'list/hidden'],
    });
    const shown = { group_name: 'list', repositories: [] };
    expect(await gateway.call('get_repo_group', { repogroupid: 'list' }, api_key)).toMatchObject(shown);
    expect((await gateway.call<Group[]>('get_repo_groups', {}, api_key))[0]).toMatchObject(shown);
    expect(
      await gateway.call('update_repo_group', { repogroupid: 'list', description: 'x' }, api_key),
    ).toMatchObject({ repo_group: shown });
    expect(await gateway.refusal('get_repo_group', { repogroupid: 'first' }, api_key)).toBe(
      'This API key lacks the scope `group:first`',
    );
    expect(await gateway.refusal('create_repo_group', { group_name: 'x' }, api_key)).toBe(
      'This API key lacks the scope `group:x`',
    );
    expect(
      await gateway.refusal('update_repo_group', { repogroupid: 'list', group_name: 'x' }, api_key),
    ).toBe('This API key lacks the scope `group:x`');
  });
});

describe('who is no super admin', () => {
  it.each([
    ['create_repo_group', { group_name: 'mine' }],
    ['update_repo_group', { repogroupid: 'first/sub', description: 'x' }],
    ['delete_repo_group', { repogroupid: 'first/sub' }],
  ])('may not %s, not even as the owner and admin of the group', async (method, args) => {
    expect(await gateway.refusal(method, args, alice.key)).toBe('Access was denied to this resource.');
  });
});

describe('who may read a group', () => {
  it('is shown it, with the repositories that he may read, and no other group', async () => {
    await createGroup('club');
    await createGroup('inner', { parent: 'club' });
    await createGroup('secret');
    for (const name of ['club/open', 'club/hidden'])
      await gateway.call('create_repo', { repo_name: name, repo_type: 'git', private: true });
    for (const repogroupid of ['club/inner', 'secret'])
      await gateway.call('grant_user_permission_to_repo_group', {
        repogroupid,
        userid: 'default',
        perm: 'group.none',
      });
    const member = await gateway.createUser('club_member');
    await gateway.call('grant_user_permission', {
      repoid: 'club/open',
      userid: 'club_member',
      perm: 'repository.read',
    });
    const groups = await gateway.call<Group[]>('get_repo_groups', {}, member.key);
    const club = { group_name: 'club', repositories: ['club/open'] };
    expect(groups).toContainEqual(expect.objectContaining(club));
    const names = groups.map(({ group_name }) => group_name);
    expect(names).not.toContain('club/inner');
    expect(names).not.toContain('secret');
    expect(names).toEqual(names.toSorted());
    expect(await gateway.call('get_repo_groups', { limit: 1, cursor: 'cl' }, member.key)).toMatchObject([
      club,
    ]);
    expect(await gateway.call('get_repo_group', { repogroupid: 'club' }, member.key)).toMatchObject(club);
    expect(await gateway.refusal('get_repo_group', { repogroupid: 'secret' }, member.key)).toBe(
      'repository group `secret` does not exist',
    );
  });
});

describe('delete_repo_group', () => {
  it('deletes an empty group, and puts its directory into the trash of the root', async () => {
    const { group_id } = await createGroup('empty', { parent: 'first' });
    await newEvents();
    expect(await gateway.call('delete_repo_group', { repogroupid: 'first/empty' })).toEqual({
      msg: `deleted repo group ID:${group_id} first/empty`,
      repo_group: null,
    });
    expect(await newEvents()).toEqual([
      {
        type: 'repo_group.deleted',
        data: expect.objectContaining({ repo_group: expect.objectContaining({ group_name: 'first/empty' }) }),
      },
    ]);
    expect(existsSync(onDisk('first/empty'))).toBe(false);
    expect(await readdir(gateway.settings.repoRoot)).toContainEqual(
      expect.stringMatching(/^rm__\d{8}_\d{6}_\d{6}_GROUP_empty$/),
    );
    expect(await gateway.refusal('get_repo_group', { repogroupid: group_id })).toBe(
      `repository group \`${group_id}\` does not exist`,
    );
  });

  it('refuses a group that holds a repository or a group', async () => {
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'list/inner' })).toBe(
      'repo group `list/inner` is not empty',
    );
    await createGroup('shell');
    await createGroup('kernel', { parent: 'shell' });
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'shell' })).toBe(
      'repo group `shell` is not empty',
    );
    await expectNamesToAgree(gateway);
  });

  it('deletes what is below on request, detaches forks elsewhere and retires the webhooks', async () => {
    const receiver = await WebhookReceiver.start();
    try {
      await createGroup('doomed');
      await createGroup('cellar', { parent: 'doomed' });
      await createRepo('doomed/cellar/wine');
      await gateway.call('fork_repo', { repoid: 'doomed/cellar/wine', fork_name: 'doomed/copy' });
      await gateway.call('fork_repo', { repoid: 'doomed/cellar/wine', fork_name: 'survivor' });
      const hooks: number[] = [];
      for (const scope of [{ repogroupid: 'doomed' }, { repoid: 'doomed/copy' }]) {
        const { webhook_id } = await gateway.call<{ webhook_id: number }>('create_webhook', {
          url: receiver.url,
          event_types: ['*.deleted'],
          ...scope,
        });
        hooks.push(webhook_id);
      }
      await newEvents();
      await gateway.call('delete_repo_group', { repogroupid: 'doomed', recursive: true });
      expect(
        (await newEvents()).map(({ type, data }) => [
          type,
          data.repository?.repo_name ?? data.repo_group?.group_name,
        ]),
      ).toEqual([
        ['repo.deleted', 'doomed/copy'],
        ['repo.deleted', 'doomed/cellar/wine'],
        ['repo_group.deleted', 'doomed/cellar'],
        ['repo_group.deleted', 'doomed'],
      ]);
      await receiver.waitFor(5);
      for (const webhook_id of hooks)
        expect(await gateway.refusal('get_webhook', { webhook_id })).toBe(
          `webhook \`${webhook_id}\` does not exist`,
        );
      expect(await gateway.call('get_repo', { repoid: 'survivor' })).toMatchObject({ fork_of: null });
      const [trash = ''] = (await readdir(gateway.settings.repoRoot)).filter((name) =>
        name.endsWith('_GROUP_doomed'),
      );
      expect(existsSync(onDisk(join(trash, 'cellar/wine/objects')))).toBe(true);
      await expectNamesToAgree(gateway);
    } finally {
      await receiver.close();
    }
  });

  it('keeps what is out of the scopes of the key', async () => {
    await createGroup('fenced');
    await createRepo('fenced/x');
    const deleteWith = async (...scopes: string[]) => {
      const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { scopes });
      return outcome(gateway.call('delete_repo_group', { repogroupid: 'fenced', recursive: true }, api_key));
    };
    expect(await deleteWith('group:fenced')).toContain('This API key lacks the scope `repo:fenced/x`');
    expect(await outcome(gateway.call('get_repo', { repoid: 'fenced/x' }))).toBe('done');
    expect(await deleteWith('group:fenced', 'repo:fenced/**')).toBe('done');
  });

  it('refuses while the directory cannot be moved, and keeps everything', async () => {
    await createGroup('linked');
    await createRepo('linked/x');
    await rename(onDisk('linked'), join(gateway.settings.home, 'elsewhere'));
    await symlink(join(gateway.settings.home, 'elsewhere'), onDisk('linked'));
    const { group_id } = await getGroup('linked');
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'linked', recursive: true })).toBe(
      `failed to delete repo group ID:${group_id} linked`,
    );
    expect(await getGroup('linked')).toMatchObject({ repositories: ['linked/x'] });
    await unlink(onDisk('linked'));
    await rename(join(gateway.settings.home, 'elsewhere'), onDisk('linked'));
    await expectNamesToAgree(gateway);
  });
});
