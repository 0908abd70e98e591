import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { RepoRoot } from '../../src/vcs/repo-root.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg } from '../harness/repositories.js';
import { RemoteServer } from '../harness/remote-server.js';
import { VcsSandbox } from '../harness/vcs-sandbox.js';

let one: TestGateway;
/** A second process on the same database and disk. */
let two: TestGateway;
beforeAll(async () => {
  one = await startTestGateway();
  two = await startTestGateway({}, one);
});
afterAll(async () => {
  await two.close();
  await one.close();
});

const types = ['git', ...(hasHg ? ['hg'] : [])];
const ROUNDS = [1, 2];
const db = () => one.app.get(Database);

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Both at once, on different processes. @returns what each answered, or the text of its refusal */
function atOnce(...calls: [method: string, args: object][]): Promise<unknown[]> {
  return Promise.all(
    calls.map(([method, args], n) =>
      (n % 2 ? two : one).call(method, args).catch((error: Error) => error.message.replace(/^\w+: /, '')),
    ),
  );
}

async function diskAndDatabaseAgree(): Promise<void> {
  const rows = await db().query<{ repo_name: string; repo_type: string; repo_state: string }>(
    'SELECT repo_name, repo_type, repo_state FROM repo ORDER BY repo_name COLLATE "C"',
  );
  const found = [];
  for await (const { name, type } of new RepoRoot(one.settings.repoRoot).scan())
    found.push({ repo_name: name, repo_type: type, repo_state: 'repo_state_created' });
  expect(rows).toEqual(found.toSorted((a, b) => (a.repo_name < b.repo_name ? -1 : 1)));
  const entries = readdirSync(one.settings.repoRoot, { recursive: true, encoding: 'utf8' });
  expect(entries.filter((entry) => entry.includes('.forgegate-new-'))).toEqual([]);
  expect(await db().query('SELECT * FROM directory_move')).toEqual([]);
  expect(await db().query(`SELECT * FROM job WHERE state IN ('pending', 'running')`)).toEqual([]);
}

const make = (repo_name: string, repo_type: string) => one.call('create_repo', { repo_name, repo_type });
const isThere = (name: string) => existsSync(join(one.settings.repoRoot, name));

describe.each(types)('two operations at once on a %s repository', (repo_type) => {
  it.each(ROUNDS)('create and create: one is made (%i)', async (round) => {
    const repo_name = `${repo_type}-twice-${round}`;
    const create: [string, object] = ['create_repo', { repo_name, repo_type }];
    const answers = await atOnce(create, create, create);
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(1);
    expect(answers.filter((answer) => answer === `repo \`${repo_name}\` already exist`)).toHaveLength(2);
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('rename and delete: it has one of two names or none (%i)', async (round) => {
    const name = `${repo_type}-old-${round}`;
    await make(name, repo_type);
    const answers = await atOnce(
      ['update_repo', { repoid: name, name: `${repo_type}-new-${round}` }],
      ['delete_repo', { repoid: name }],
    );
    expect(answers.some((answer) => typeof answer === 'object')).toBe(true);
    expect(isThere(name)).toBe(false);
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('rename and rename: it has one of two names (%i)', async (round) => {
    const name = `${repo_type}-one-${round}`;
    await make(name, repo_type);
    const renamed = ['a', 'b'].map((suffix) => `${name}-${suffix}`);
    await atOnce(...renamed.map((to): [string, object] => ['update_repo', { repoid: name, name: to }]));
    expect([name, ...renamed].filter(isThere)).toHaveLength(1);
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('delete and delete: it goes once (%i)', async (round) => {
    const name = `${repo_type}-going-${round}`;
    await make(name, repo_type);
    const answers = await atOnce(['delete_repo', { repoid: name }], ['delete_repo', { repoid: name }]);
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(1);
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('delete and fork: the fork is whole, or is not there (%i)', async (round) => {
    const name = `${repo_type}-source-${round}`;
    await make(name, repo_type);
    const [deleted, forked] = await atOnce(
      ['delete_repo', { repoid: name }],
      ['fork_repo', { repoid: name, fork_name: `${name}-fork` }],
    );
    expect(isThere(`${name}-fork`)).toBe(typeof forked === 'object');
    expect(isThere(name)).toBe(typeof deleted !== 'object');
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('delete and pull: a pull brings nothing back (%i)', async (round) => {
    const name = `${repo_type}-pulled-${round}`;
    await make(name, repo_type);
    await one.call('fork_repo', { repoid: name, fork_name: `${name}-fork` });
    const [deleted] = await atOnce(
      ['delete_repo', { repoid: `${name}-fork` }],
      ['pull', { repoid: `${name}-fork` }],
    );
    expect(isThere(`${name}-fork`)).toBe(typeof deleted !== 'object');
    await diskAndDatabaseAgree();
  });

  it.each(ROUNDS)('create below and move of the group: it lies where its group lies (%i)', async (round) => {
    const group = `${repo_type}-group-${round}`;
    await one.call('create_repo_group', { group_name: group });
    await atOnce(
      ['update_repo_group', { repogroupid: group, group_name: `${group}-moved` }],
      ['create_repo', { repo_name: `${group}/x`, repo_type }],
    );
    await diskAndDatabaseAgree();
  });
});

describe('a pull that takes its time', () => {
  it('cannot be moved or deleted away under it', async () => {
    const sandbox = new VcsSandbox();
    const silent = await RemoteServer.start('git', sandbox.root, { isSilent: true });
    try {
      await make('pulling', 'git');
      const { job_id } = await one.call<{ job_id: number }>('pull', {
        repoid: 'pulling',
        clone_uri: silent.url('x.git'),
        wait: false,
      });
      await until(() => silent.requests.length > 0);
      const works = `\`pulling\` cannot be moved or deleted now: job ${job_id} (pull) works on it`;
      expect(await two.refusal('delete_repo', { repoid: 'pulling' })).toBe(works);
      expect(await two.refusal('update_repo', { repoid: 'pulling', name: 'moved' })).toBe(works);
      expect(await two.call('cancel_job', { job_id })).toMatchObject({ job: { state: 'cancelled' } });
      expect(await one.call('delete_repo', { repoid: 'pulling' })).toMatchObject({ success: true });
      await diskAndDatabaseAgree();
    } finally {
      await silent.close();
      sandbox.remove();
    }
  });
});

describe('jobs of a process that does none itself', () => {
  let api: TestGateway;
  let sandbox: VcsSandbox;
  let silent: RemoteServer;
  beforeAll(async () => {
    sandbox = new VcsSandbox();
    silent = await RemoteServer.start('git', sandbox.root, { isSilent: true });
    api = await startTestGateway({ FORGEGATE_ROLES: 'api' });
  });
  afterAll(async () => {
    await api.close();
    await silent.close();
    sandbox.remove();
  });
  const add = async (repo_name: string) => {
    const args = { repo_name, repo_type: 'git', clone_uri: silent.url('x.git'), wait: false };
    return (await api.call<{ job_id: number }>('create_repo', args)).job_id;
  };
  const state = async (job_id: number) => (await api.call<{ state: string }>('get_job', { job_id })).state;
  const worker = () => startTestGateway({ FORGEGATE_ROLES: 'jobs' }, api);

  it('need nobody else when they are small', async () => {
    await api.call('create_repo', { repo_name: 'local', repo_type: 'git' });
    expect(await api.call('get_repo', { repoid: 'local' })).toMatchObject({
      repo_state: 'repo_state_created',
    });
  });

  it('go from a worker that stops to the next, and are cancelled from afar', async () => {
    const jobId = await add('remote');
    expect(await state(jobId)).toBe('pending');
    const first = await worker();
    await until(async () => (await state(jobId)) === 'running' && silent.requests.length > 0);
    await first.close();
    expect(await api.call('get_job', { job_id: jobId })).toMatchObject({ state: 'pending', attempts: 0 });
    expect(readdirSync(api.settings.repoRoot)).toEqual(['local']);
    const second = await worker();
    await until(async () => (await state(jobId)) === 'running');
    expect(await api.call('cancel_job', { job_id: jobId })).toMatchObject({ job: { state: 'cancelled' } });
    expect(readdirSync(api.settings.repoRoot)).toEqual(['local']);
    await second.close();
  });

  it('are cancelled without anybody who would do them', async () => {
    const jobId = await add('remote');
    expect(await api.call('cancel_job', { job_id: jobId })).toMatchObject({ job: { state: 'cancelled' } });
    expect(await api.refusal('get_repo', { repoid: 'remote' })).toBe('repository `remote` does not exist');
  });
});
