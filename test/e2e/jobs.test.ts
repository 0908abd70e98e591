import { existsSync, readdirSync } from 'node:fs';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { runningProcesses } from '../harness/processes.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { RemoteServer } from '../harness/remote-server.js';
import { hasHg, run, WorkTree } from '../harness/repositories.js';
import { VcsSandbox } from '../harness/vcs-sandbox.js';

interface Job {
  job_id: number;
  kind: string;
  state: string;
  repo_id: number | null;
  repo_name: string;
  result: unknown;
  progress: unknown;
  error: string | null;
  detail: string | null;
  created_by: string;
  attempts: number;
}
type Started = { msg: string; job_id: number };

const PASSWORD = 'hunter2-secret';
let gateway: TestGateway;
let alice: { user_id: number; username: string; key: string };
let bob: { user_id: number; username: string; key: string };
let sandbox: VcsSandbox;
/** Serves at once, only with the password, and not at all. */
let remote: RemoteServer;
let guarded: RemoteServer;
let silent: RemoteServer;
let rawId: string;

beforeAll(async () => {
  sandbox = new VcsSandbox();
  run('git', sandbox.root, 'init', '-q', '--bare', 'source.git');
  rawId = await sandbox.commit('git', sandbox.path('source.git'), { message: 'First' });
  remote = await RemoteServer.start('git', sandbox.root);
  guarded = await RemoteServer.start('git', sandbox.root, { credentials: `bot:${PASSWORD}` });
  silent = await RemoteServer.start('git', sandbox.root, { isSilent: true });
  gateway = await startTestGateway();
  alice = await gateway.createUser('alice');
  bob = await gateway.createUser('bob');
});
afterAll(async () => {
  await gateway.close();
  for (const server of [remote, guarded, silent]) await server.close();
  sandbox.remove();
  await VcsSandbox.end();
});

const directory = (name: string) => join(gateway.settings.repoRoot, name);
const clone = (repo_name: string, server = remote, credentials = '') => ({
  repo_name,
  repo_type: 'git',
  clone_uri: server.url('source.git', credentials),
});
const job = (job_id: number, key?: string) => gateway.call<Job>('get_job', { job_id }, key);
const newest = async () => (await gateway.call<{ jobs: Job[] }>('get_jobs', { limit: 1 })).jobs[0] as Job;

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
}
const hasState = (job_id: number, state: string, at = gateway) =>
  until(async () => (await at.call<Job>('get_job', { job_id })).state === state);
const events = (type: string, repoName: string) =>
  gateway.app
    .get(Database)
    .query<{
      body: string;
    }>('SELECT body FROM event WHERE type = $1 ORDER BY event_id', [type])
    .then((rows) =>
      rows
        .map(({ body }) => (JSON.parse(body) as { data: { repository: { repo_name: string } } }).data)
        .filter((data) => data.repository.repo_name === repoName),
    );
const nothingLeft = (name: string) => {
  expect(existsSync(directory(name))).toBe(false);
  expect(readdirSync(gateway.settings.repoRoot).filter((entry) => entry.startsWith('.'))).toEqual([]);
};

describe('a clone from a remote', () => {
  it('is waited for, answers as documented and leaves a job behind', async () => {
    expect(await gateway.call('create_repo', clone('waited'), alice.key)).toEqual({
      msg: 'Created new repository `waited`',
      success: true,
    });
    expect(await gateway.call('get_repo', { repoid: 'waited' }, alice.key)).toMatchObject({
      repo_state: 'repo_state_created',
      last_changeset: { raw_id: rawId, message: 'First' },
      owner: 'alice',
    });
    const shown = await newest();
    expect(shown).toEqual({
      job_id: expect.any(Number),
      kind: 'create_repo',
      state: 'succeeded',
      repo_id: expect.any(Number),
      repo_name: 'waited',
      group_id: null,
      group_name: null,
      progress: shown.progress,
      result: { msg: 'Created new repository `waited`', success: true },
      error: null,
      detail: null,
      cancel_requested: false,
      created_by: 'alice',
      attempts: 1,
      created_on: expect.any(String),
      started_on: expect.any(String),
      finished_on: expect.any(String),
    });
    expect(await events('repo.created', 'waited')).toMatchObject([
      { source: 'api', actor: { username: 'alice' } },
    ]);
  });

  it('is refused as documented when it fails, and an event tells why', async () => {
    const args = clone('refused', guarded, 'bot:wrong-password@');
    expect(await gateway.rpc('create_repo', args)).toMatchObject({
      error: {
        code: 1010,
        message: 'failed to create repository `refused`',
        data: { detail: 'the source refuses these credentials or asks for some' },
      },
    });
    nothingLeft('refused');
    const failed = await newest();
    expect(failed).toMatchObject({
      state: 'failed',
      repo_id: null,
      repo_name: 'refused',
      error: 'failed to create repository `refused`',
      detail: 'the source refuses these credentials or asks for some',
    });
    expect(await events('repo.failed', 'refused')).toMatchObject([
      {
        operation: 'create_repo',
        job_id: failed.job_id,
        cancelled: false,
        error: failed.error,
        detail: failed.detail,
        repo: { clone_uri: guarded.url('source.git', 'bot:*****@') },
      },
    ]);
    expect(await gateway.refusal('get_repo', { repoid: 'refused' })).toBe(
      'repository `refused` does not exist',
    );
  });

  it('shows nobody the password of its source', async () => {
    await gateway.call('create_repo', clone('guarded', guarded, `bot:${PASSWORD}@`), alice.key);
    await gateway.call('pull', {
      repoid: 'guarded',
      clone_uri: guarded.url('source.git', `bot:${PASSWORD}@`),
    });
    const db = gateway.app.get(Database);
    for (const table of ['job', 'repo', 'event']) {
      const rows = await db.query<{ text: string }>(`SELECT ${table}::text AS text FROM ${table}`);
      const text = rows.map((row) => row.text).join('\n');
      expect(text).toContain('guarded');
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(Buffer.from(PASSWORD).toString('hex'));
    }
    expect(await db.query('SELECT 1 FROM job WHERE secrets_sealed IS NOT NULL')).toEqual([]);
  });
});

describe('without waiting', () => {
  it('a job_id comes at once, the state is shown, and the end is told', async () => {
    let release = () => {};
    const gated = await RemoteServer.start('git', sandbox.root, {
      until: new Promise<void>((resolve) => (release = resolve)),
    });
    const receiver = await WebhookReceiver.start();
    await gateway.call('create_webhook', { url: receiver.url, event_types: ['repo.created', 'repo.pulled'] });
    const started = await gateway.call<Started>('create_repo', { ...clone('later', gated), wait: false });
    expect(started).toEqual({
      msg: 'Creating repository `later`',
      success: true,
      job_id: expect.any(Number),
    });
    expect(await gateway.call('get_repo', { repoid: 'later', with_revision_names: true })).toMatchObject({
      repo_state: 'repo_state_pending',
      branches: {},
    });
    await hasState(started.job_id, 'running');
    release();
    await receiver.next('repo.created');
    expect(await job(started.job_id)).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(await gateway.call('get_repo', { repoid: 'later', with_revision_names: true })).toMatchObject({
      repo_state: 'repo_state_created',
      branches: { main: rawId },
    });

    const pulled = await gateway.call('pull', { repoid: 'later', wait: false });
    expect(pulled).toEqual({
      msg: 'Pulling from `later`',
      repository: 'later',
      job_id: expect.any(Number),
    });
    await receiver.next('repo.pulled');
    await gated.close();
    await receiver.close();
  });

  it.each(['git', ...(hasHg ? ['hg'] : [])])('%s repositories are made and forked too', async (repo_type) => {
    const names = [`${repo_type}-empty`, `${repo_type}-fork`] as const;
    const made = await gateway.call<Started>('create_repo', { repo_name: names[0], repo_type, wait: false });
    await hasState(made.job_id, 'succeeded');
    const forked = await gateway.call<Started>('fork_repo', {
      repoid: names[0],
      fork_name: names[1],
      wait: false,
    });
    expect(forked.msg).toBe(`Forking \`${names[0]}\` as \`${names[1]}\``);
    await hasState(forked.job_id, 'succeeded');
    expect(await job(forked.job_id)).toMatchObject({
      kind: 'fork_repo',
      result: { msg: `Created fork of \`${names[0]}\` as \`${names[1]}\``, success: true },
    });
    expect(await gateway.call('get_repo', { repoid: names[1] })).toMatchObject({ fork_of: names[0] });
  });
});

describe('a job that is still at work', () => {
  let stuck: Started;
  beforeAll(async () => {
    await gateway.call('create_repo_group', { group_name: 'busy' });
    stuck = await gateway.call<Started>('create_repo', { ...clone('busy/stuck', silent), wait: false });
    await until(() => silent.requests.length > 0);
  });

  it('keeps its repository from being pulled, forked, moved and deleted', async () => {
    const pending = 'repository `busy/stuck` is still being created';
    const works = (name: string) =>
      `\`${name}\` cannot be moved or deleted now: job ${stuck.job_id} (create_repo) works on it`;
    const repoid = 'busy/stuck';
    expect(await gateway.refusal('pull', { repoid })).toBe(pending);
    expect(await gateway.refusal('fork_repo', { repoid, fork_name: 'of-stuck' })).toBe(pending);
    expect(await gateway.refusal('delete_repo', { repoid })).toBe(works(repoid));
    expect(await gateway.refusal('update_repo', { repoid, name: 'free' })).toBe(works(repoid));
    expect(await gateway.refusal('update_repo_group', { repogroupid: 'busy', group_name: 'idle' })).toBe(
      works('busy'),
    );
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'busy', recursive: true })).toBe(
      works('busy'),
    );
    expect(await gateway.refusal('create_repo', { repo_name: repoid, repo_type: 'git' })).toBe(
      'repo `busy/stuck` already exist',
    );
    expect(await gateway.call('get_repo', { repoid })).toMatchObject({ repo_state: 'repo_state_pending' });
  });

  it('does not hold up local work, however many dial out', async () => {
    const more = await Promise.all(
      Array.from({ length: gateway.settings.jobConcurrency + 1 }, (_, n) =>
        gateway.call<Started>('create_repo', { ...clone(`stuck-${n}`, silent), wait: false }),
      ),
    );
    await gateway.call('create_repo', { repo_name: 'quick', repo_type: 'git' });
    await gateway.call('fork_repo', { repoid: 'quick', fork_name: 'quick-fork' });
    const states = await Promise.all(more.map(async ({ job_id }) => (await job(job_id)).state));
    expect(states).toContain('pending');
    for (const { job_id } of more) await gateway.call('cancel_job', { job_id });
  });

  it('ends when it is cancelled, with its processes and all that it made', async () => {
    const ofStuck = () =>
      runningProcesses().filter(({ args }) => args.includes(`:${silent.port}/source.git`));
    expect(ofStuck()).not.toEqual([]);
    expect(await gateway.call('cancel_job', { job_id: stuck.job_id })).toMatchObject({
      msg: `cancelled job \`${stuck.job_id}\``,
      job: { state: 'cancelled', error: `job \`${stuck.job_id}\` was cancelled`, repo_id: null },
    });
    await until(() => ofStuck().length === 0);
    expect(readdirSync(directory('busy'))).toEqual([]);
    expect(await events('repo.failed', 'busy/stuck')).toMatchObject([{ cancelled: true, detail: null }]);
    expect(await gateway.refusal('get_repo', { repoid: 'busy/stuck' })).toBe(
      'repository `busy/stuck` does not exist',
    );
    expect(await gateway.refusal('cancel_job', { job_id: stuck.job_id })).toBe(
      `job \`${stuck.job_id}\` has already ended`,
    );
    await gateway.call('delete_repo_group', { repogroupid: 'busy' });
  });
});

describe('a repository that cannot be taken away again', () => {
  it('stays in the state `error`, until it is deleted', async () => {
    await gateway.call('create_repo_group', { group_name: 'moved' });
    const { job_id } = await gateway.call<Started>('create_repo', {
      ...clone('moved/half', silent),
      wait: false,
    });
    // git makes what is missing of the way to where it clones into, so it has to be there already
    await until(() => readdirSync(directory('moved')).some((name) => name.startsWith('.forgegate-new-')));
    await rename(directory('moved'), directory('elsewhere'));
    await symlink('elsewhere', directory('moved'));
    expect(await gateway.call('cancel_job', { job_id })).toMatchObject({ job: { state: 'cancelled' } });
    expect(await gateway.call('get_repo', { repoid: 'moved/half' })).toMatchObject({
      repo_state: 'repo_state_error',
    });
    expect(await gateway.refusal('fork_repo', { repoid: 'moved/half', fork_name: 'x' })).toBe(
      'repository `moved/half` could not be created; delete it and create it again',
    );
    await rm(directory('moved'));
    await rename(directory('elsewhere'), directory('moved'));
    await gateway.call('delete_repo', { repoid: 'moved/half' });
  });
});

describe('a call that may take no longer', () => {
  it('names the job that goes on, and nothing is lost', async () => {
    let release = () => {};
    const gated = await RemoteServer.start('git', sandbox.root, {
      until: new Promise<void>((resolve) => (release = resolve)),
    });
    const hasty = await startTestGateway({ FORGEGATE_CALL_DEADLINE_MS: '600' }, gateway);
    const { error } = (await hasty.rpc('create_repo', clone('slow', gated))) as {
      error: { code: number; message: string; data: { job_id: number } };
    };
    const { job_id } = error.data;
    expect(error).toMatchObject({
      code: 1012,
      message: `Request deadline exceeded, job ${job_id} goes on`,
    });
    expect(await job(job_id)).toMatchObject({ state: 'running', repo_name: 'slow' });
    release();
    await hasState(job_id, 'succeeded');
    expect(await gateway.call('get_repo', { repoid: 'slow' })).toMatchObject({
      last_changeset: { raw_id: rawId },
    });
    await hasty.close();
    await gated.close();
  });

  it('that is left by its client does not take the job with it', async () => {
    let release = () => {};
    const gated = await RemoteServer.start('git', sandbox.root, {
      until: new Promise<void>((resolve) => (release = resolve)),
    });
    const leaving = new AbortController();
    const call = fetch(`${gateway.url}/_admin/api`, {
      method: 'POST',
      body: JSON.stringify({
        id: 1,
        api_key: gateway.adminKey,
        method: 'create_repo',
        args: clone('left', gated),
      }),
      signal: leaving.signal,
    });
    await until(() => gated.requests.length > 0);
    leaving.abort();
    await expect(call).rejects.toThrow();
    release();
    const { job_id } = await newest();
    await hasState(job_id, 'succeeded');
    await gated.close();
  });
});

describe('pulling', () => {
  it('twice at once into one repository takes turns', async () => {
    await gateway.call('create_repo', clone('mirror'));
    const tree = WorkTree.clone('git', sandbox.path('source.git'));
    run('git', tree.directory, 'reset', '-q', '--hard', 'origin/main');
    const second = tree.commit('b.txt', 'b', 'Second');
    tree.push();
    tree.remove();
    const pull = () => gateway.call('pull', { repoid: 'mirror' });
    const answer = { msg: 'Pulled from `mirror`', repository: 'mirror' };
    expect(await Promise.all([pull(), pull(), pull()])).toEqual([answer, answer, answer]);
    expect(await gateway.call('get_repo', { repoid: 'mirror' })).toMatchObject({
      last_changeset: { raw_id: second },
    });
  });

  it('that fails leaves the repository as it is, and tells it', async () => {
    const args = { repoid: 'mirror', clone_uri: remote.url('nothing.git') };
    expect(await gateway.refusal('pull', args)).toBe('Unable to pull changes from `mirror`');
    expect(await events('repo.failed', 'mirror')).toMatchObject([
      { operation: 'pull', detail: 'there is no git repository at the source' },
    ]);
    expect(await gateway.call('get_repo', { repoid: 'mirror' })).toMatchObject({
      repo_state: 'repo_state_created',
    });
  });

  it('from the parent of a fork is for keys that reach both', async () => {
    await gateway.call('create_repo', clone('parent'));
    await gateway.call('fork_repo', { repoid: 'parent', fork_name: 'child' });
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      description: 'x',
      scopes: ['repo:child'],
    });
    expect(await gateway.refusal('pull', { repoid: 'child' }, api_key)).toBe(
      'This API key lacks the scope `repo:parent`',
    );
    expect(await gateway.call('pull', { repoid: 'child' })).toMatchObject({ repository: 'child' });
  });

  it('needs a source', async () => {
    await gateway.call('create_repo', { repo_name: 'alone', repo_type: 'git' });
    expect(await gateway.refusal('pull', { repoid: 'alone' })).toBe('Unable to pull changes from `alone`');
  });
});

describe('the list of jobs', () => {
  it('shows everybody his own, and super admins all', async () => {
    const own = await gateway.call<{ jobs: Job[] }>('get_jobs', {}, alice.key);
    expect(own.jobs.length).toBeGreaterThan(0);
    expect(new Set(own.jobs.map(({ created_by }) => created_by))).toEqual(new Set(['alice']));
    const [{ job_id } = { job_id: 0 }] = own.jobs;
    expect(await job(job_id, alice.key)).toMatchObject({ job_id });
    expect(await gateway.refusal('get_job', { job_id }, bob.key)).toBe(`job \`${job_id}\` does not exist`);
    expect(await gateway.refusal('cancel_job', { job_id }, bob.key)).toBe(`job \`${job_id}\` does not exist`);
    expect(await gateway.refusal('get_job', { job_id: 999_999 })).toBe('job `999999` does not exist');
    expect(await gateway.call('get_jobs', {}, bob.key)).toEqual({ jobs: [], next: null });
    expect(await job(job_id)).toMatchObject({ created_by: 'alice' });
  });

  it('is filtered and read in pages', async () => {
    const all = await gateway.call<{ jobs: Job[]; next: number | null }>('get_jobs', { limit: 1000 });
    expect(all.next).toBeNull();
    const pages: Job[] = [];
    let cursor: number | null | undefined;
    while (cursor !== null) {
      const page = await gateway.call<typeof all>('get_jobs', { limit: 7, ...(cursor && { cursor }) });
      pages.push(...page.jobs);
      cursor = page.next;
    }
    expect(pages).toEqual(all.jobs);
    const ids = async (args: object) =>
      (await gateway.call<typeof all>('get_jobs', args)).jobs.map(({ job_id }) => job_id);
    const idsWhere = (holds: (each: Job) => boolean) => all.jobs.filter(holds).map(({ job_id }) => job_id);
    expect(await ids({ state: 'failed' })).toEqual(idsWhere(({ state }) => state === 'failed'));
    expect(await ids({ kind: 'pull' })).toEqual(idsWhere(({ kind }) => kind === 'pull'));
    expect(await ids({ repoid: 'mirror' })).toEqual(idsWhere(({ repo_name }) => repo_name === 'mirror'));
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: 'mirror' });
    expect(await ids({ repoid: repo_id })).toEqual(idsWhere((each) => each.repo_id === repo_id));
  });

  it('shows a key with scopes the jobs of its repositories only', async () => {
    const { api_key: key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['get_job*', 'repo:mirror'],
    });
    const { jobs } = await gateway.call<{ jobs: Job[] }>('get_jobs', {}, key);
    expect(new Set(jobs.map(({ repo_name }) => repo_name))).toEqual(new Set(['mirror']));
    const { job_id } = (await gateway.call<{ jobs: Job[] }>('get_jobs', { repoid: 'waited' })).jobs[0] as Job;
    expect(await gateway.refusal('get_job', { job_id }, key)).toBe(`job \`${job_id}\` does not exist`);
  });
});
