import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { expectNamesToAgree } from '../harness/name-agreement.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';
import { hasHg, WorkTree } from '../harness/repositories.js';

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
  await createGroup('first');
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

describe('update_repo_group', () => {
  it('changes description and owner, and tells what they were', async () => {
    const { group_id } = await createGroup('plain');
    await newEvents();
    expect(
      await gateway.call('update_repo_group', {
        repogroupid: 'plain',
        description: 'new',
        owner: alice.user_id,
      }),
    ).toEqual({
      msg: `updated repository group ID:${group_id} plain`,
      repo_group: {
        group_id,
        group_name: 'plain',
        group_description: 'new',
        parent_group: null,
        repositories: [],
        owner: 'alice',
      },
    });
    expect(await newEvents()).toEqual([
      {
        type: 'repo_group.updated',
        data: expect.objectContaining({ previous: { group_description: 'plain', owner: 'admin' } }),
      },
    ]);
    await gateway.call('update_repo_group', { repogroupid: 'plain', description: 'new' });
    expect(await newEvents()).toEqual([]);
  });

  it('takes everything below along when it is renamed: names, directories, rights and readers', async () => {
    const { group_id } = await createGroup('old');
    await createGroup('deep', { parent: 'old' });
    await createRepo('old/one');
    await createRepo('old/deep/two', { private: true });
    await gateway.call('fork_repo', { repoid: 'old/one', fork_name: 'old/deep/fork' });
    const tree = WorkTree.clone('git', onDisk('old/one'));
    const rawId = tree.commit('a.txt', 'a', 'Add a');
    tree.push();
    tree.remove();
    // Warms the caches and the pooled readers under the old names
    await gateway.call('pull', { repoid: 'old/deep/fork' });
    await gateway.call('get_repo', { repoid: 'old/one', with_revision_names: true });
    await gateway.refusal('get_repo', { repoid: 'old/deep/two' }, alice.key);
    await gateway.call('grant_user_permission', {
      repoid: 'old/deep/two',
      userid: 'alice',
      perm: 'repository.read',
    });
    await newEvents();

    expect(
      await gateway.call('update_repo_group', { repogroupid: 'old', group_name: 'fresh' }),
    ).toMatchObject({
      msg: `updated repository group ID:${group_id} fresh`,
      repo_group: { group_name: 'fresh', repositories: ['fresh/one'] },
    });
    expect(
      (await newEvents()).map(({ type, data }) => [type, data.repository?.repo_name, data.previous]),
    ).toEqual([
      ['repo_group.updated', undefined, { group_name: 'old' }],
      ['repo_group.updated', undefined, { group_name: 'old/deep', parent_group: 'old' }],
      ['repo.updated', 'fresh/deep/fork', { repo_name: 'old/deep/fork', fork_of: 'old/one' }],
      ['repo.updated', 'fresh/deep/two', { repo_name: 'old/deep/two' }],
      ['repo.updated', 'fresh/one', { repo_name: 'old/one' }],
    ]);
    expect(existsSync(onDisk('old'))).toBe(false);
    expect(await gateway.call('get_repo', { repoid: 'fresh/one', with_revision_names: true })).toMatchObject({
      branches: { main: rawId },
    });
    expect(await gateway.call('pull', { repoid: 'fresh/deep/fork' })).toEqual({
      msg: 'Pulled from `fresh/deep/fork`',
      repository: 'fresh/deep/fork',
    });
    expect(await gateway.call('get_repo', { repoid: 'fresh/deep/two' }, alice.key)).toMatchObject({
      repo_name: 'fresh/deep/two',
    });
    for (const repoid of ['old/one', 'old/deep/two'])
      expect(await gateway.refusal('get_repo', { repoid })).toBe(`repository \`${repoid}\` does not exist`);
    await createGroup('old');
    await createRepo('old/one');
    expect(await gateway.call('get_repo', { repoid: 'old/one', with_revision_names: true })).toMatchObject({
      branches: {},
    });
    await expectNamesToAgree(gateway);
  });

  it.skipIf(!hasHg)(
    `takes Mercurial repositories along${hasHg ? '' : ' (left out: Mercurial is not installed)'}`,
    async () => {
      await createGroup('hgs');
      await createRepo('hgs/one', { repo_type: 'hg' });
      await gateway.call('get_repo', { repoid: 'hgs/one', with_revision_names: true });
      await gateway.call('update_repo_group', { repogroupid: 'hgs', group_name: 'hgs2' });
      expect(await gateway.call('get_repo', { repoid: 'hgs2/one', with_revision_names: true })).toMatchObject(
        {
          repo_name: 'hgs2/one',
        },
      );
    },
  );

  it('moves into another group and with an empty parent to the top, by id too', async () => {
    const { group_id } = await createGroup('nomad', { parent: 'first' });
    await createRepo('first/nomad/tent');
    const target = await createGroup('oasis');
    await gateway.call('update_repo_group', { repogroupid: group_id, parent: target.group_id });
    expect(await getGroup(group_id)).toMatchObject({
      group_name: 'oasis/nomad',
      parent_group: 'oasis',
      repositories: ['oasis/nomad/tent'],
    });
    await gateway.call('update_repo_group', { repogroupid: group_id, parent: '', group_name: 'settled' });
    expect(await getGroup(group_id)).toMatchObject({
      group_name: 'settled',
      parent_group: null,
      repositories: ['settled/tent'],
    });
    await expectNamesToAgree(gateway);
  });

  it('renames in place when only the case changes', async () => {
    await createGroup('casing');
    await createRepo('casing/x');
    await gateway.call('update_repo_group', { repogroupid: 'casing', group_name: 'Casing' });
    expect(await getGroup('Casing')).toMatchObject({ repositories: ['Casing/x'] });
    await expectNamesToAgree(gateway);
  });

  it('keeps subscriptions of groups and repositories, which are bound to ids', async () => {
    const receiver = await WebhookReceiver.start();
    try {
      const { group_id } = await createGroup('watched');
      await createRepo('watched/x');
      for (const scope of [{ repogroupid: 'watched' }, { repoid: 'watched/x' }])
        await gateway.call('create_webhook', { url: receiver.url, event_types: ['repo.updated'], ...scope });
      await gateway.call('update_repo_group', { repogroupid: group_id, group_name: 'seen', parent: 'oasis' });
      await receiver.waitFor(2);
      expect(receiver.received.map(({ event }) => event.data.previous)).toEqual([
        { repo_name: 'watched/x' },
        { repo_name: 'watched/x' },
      ]);
    } finally {
      await receiver.close();
    }
  });

  it('refuses places that cannot be, with the reason for who can read it, and changes nothing', async () => {
    await createGroup('top');
    await createGroup('mid', { parent: 'top' });
    await createGroup('taken', { parent: 'top' });
    await createRepo('top/repo');
    await mkdir(onDisk('top/occupied'));
    const attempt = (more: object) => gateway.rpc('update_repo_group', { repogroupid: 'top/mid', ...more });
    const refusal = (code: number, detail: string) => ({
      error: { code, message: 'failed to update repository group `top/mid`', data: { detail } },
    });
    expect(await attempt({ group_name: 'taken' })).toMatchObject(
      refusal(1009, 'a group of that name exists'),
    );
    expect(await attempt({ group_name: 'REPO' })).toMatchObject(
      refusal(1009, 'a repository of that name exists'),
    );
    expect(await attempt({ group_name: 'occupied' })).toMatchObject(
      refusal(1010, 'the directory could not be moved'),
    );
    expect(await attempt({ group_name: '..' })).toMatchObject(
      refusal(1010, 'the name is empty or only dots'),
    );
    expect(await attempt({ group_name: '_admin', parent: '' })).toMatchObject(
      refusal(1010, 'the name is kept for the gateway'),
    );
    expect(await attempt({ owner: 'nobody' })).toMatchObject(refusal(1010, 'user `nobody` does not exist'));
    expect(await gateway.refusal('update_repo_group', { repogroupid: 'top/mid', parent: 'nowhere' })).toBe(
      'repository group `nowhere` does not exist',
    );
    expect(await gateway.refusal('update_repo_group', { repogroupid: 'nowhere', description: 'x' })).toBe(
      'repository group `nowhere` does not exist',
    );
    for (const parent of ['top', 'top/mid'])
      expect(await gateway.rpc('update_repo_group', { repogroupid: 'top', parent })).toMatchObject({
        error: { data: { detail: 'a group cannot be moved into itself' } },
      });
    expect(await getGroup('top/mid')).toMatchObject({ group_name: 'top/mid', owner: 'admin' });
    await expectNamesToAgree(gateway);
  });

  it('refuses names below it that would become too long', async () => {
    const long = 'n'.repeat(200);
    let parent: string | undefined;
    for (const name of ['p', long, long, long, long]) {
      const made = await createGroup(name, parent === undefined ? {} : { parent });
      parent = made.group_name;
    }
    expect(
      await gateway.rpc('update_repo_group', { repogroupid: 'p', group_name: 'q'.repeat(200) }),
    ).toMatchObject({ result: { repo_group: { group_name: 'q'.repeat(200) } } });
    await createRepo(`${'q'.repeat(200)}/${long}/r`);
    const inner = await createGroup('w'.repeat(150));
    expect(
      await gateway.rpc('update_repo_group', { repogroupid: 'q'.repeat(200), parent: inner.group_name }),
    ).toMatchObject({ error: { data: { detail: 'a name below it would be too long' } } });
    await expectNamesToAgree(gateway);
  });
});

describe('two at once', () => {
  it('leave disk and database agreeing when a group is renamed while repositories are made, moved and deleted in it', async () => {
    await createGroup('busy');
    await createGroup('inner', { parent: 'busy' });
    for (const name of ['busy/a', 'busy/b', 'busy/inner/c', 'loose']) await createRepo(name);
    for (let round = 0; round < 3; round += 1) {
      const groups = await gateway.call<Group[]>('get_repo_groups');
      const group = groups.find(({ group_name }) => group_name.startsWith('busy'));
      const name = group?.group_name ?? '';
      await Promise.all([
        outcome(gateway.call('update_repo_group', { repogroupid: name, group_name: `busy${round}` })),
        outcome(createRepo(`${name}/new${round}`)),
        outcome(gateway.call('create_repo_group', { group_name: `g${round}`, parent: name })),
        outcome(gateway.call('update_repo', { repoid: `${name}/a`, name: 'a2' })),
        outcome(gateway.call('update_repo', { repoid: 'loose', group: name })),
        outcome(gateway.call('delete_repo', { repoid: `${name}/b`, forks: 'detach' })),
        outcome(gateway.call('update_repo_group', { repogroupid: name, group_name: `other${round}` })),
        outcome(gateway.call('update_repo_group', { repogroupid: `${name}/inner`, parent: '' })),
      ]);
      await expectNamesToAgree(gateway);
    }
  });

  it('never make a circle of two groups that are moved into each other', async () => {
    await createGroup('yin');
    await createGroup('yang');
    const outcomes = await Promise.all([
      outcome(gateway.call('update_repo_group', { repogroupid: 'yin', parent: 'yang' })),
      outcome(gateway.call('update_repo_group', { repogroupid: 'yang', parent: 'yin' })),
    ]);
    expect(outcomes.filter((each) => each === 'done')).toHaveLength(1);
    await expectNamesToAgree(gateway);
  });

  it('delete a group or create in it, never half of both', async () => {
    for (let round = 0; round < 3; round += 1) {
      await createGroup(`gone${round}`);
      const [deleted, created] = await Promise.all([
        outcome(gateway.call('delete_repo_group', { repogroupid: `gone${round}` })),
        outcome(createRepo(`gone${round}/x`)),
      ]);
      expect([deleted, created]).toContain('done');
      await expectNamesToAgree(gateway);
    }
  });
});

describe('a move that was not committed', () => {
  it('is undone when the database refuses the commit', async () => {
    await createGroup('stays');
    await createRepo('stays/x');
    const db = gateway.app.get(Database);
    await db.query(`
      CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON repo_group DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse_commit()`);
    try {
      await gateway.refusal('update_repo_group', { repogroupid: 'stays', group_name: 'leaves' });
    } finally {
      await db.query('DROP TRIGGER refuse ON repo_group');
    }
    expect(existsSync(onDisk('stays/x'))).toBe(true);
    expect(existsSync(onDisk('leaves'))).toBe(false);
    await expectNamesToAgree(gateway);
  });
});
