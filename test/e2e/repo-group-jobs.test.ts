import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADVISORY_LOCK } from '../../src/database/advisory-locks.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { expectNamesToAgree } from '../harness/name-agreement.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';

interface Job {
  job_id: number;
  state: string;
  kind: string;
  progress: { done: number; total: number; text: string } | null;
  cancel_requested: boolean;
}
type Started = { msg: string; job_id: number };

let gateway: TestGateway;
let newEvents: () => Promise<RecordedEvent[]>;
let holder: pg.Client;

beforeAll(async () => {
  gateway = await startTestGateway();
  holder = new pg.Client(gateway.settings.databaseUrl as string);
  await holder.connect();
  newEvents = await followEvents(gateway);
});
afterAll(async () => {
  await holder.end();
  await gateway.close();
});

const onDisk = (name: string) => existsSync(join(gateway.settings.repoRoot, name));
const job = (job_id: number) => gateway.call<Job>('get_job', { job_id });
/** Whoever holds the lock of the name tree keeps every move waiting. */
const hold = () => holder.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK.nameTree]);
const release = () => holder.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK.nameTree]);

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
}
const hasState = (job_id: number, state: string) => until(async () => (await job(job_id)).state === state);

/** A group with a group and two repositories in it. @returns its id */
async function fill(group_name: string): Promise<number> {
  const { repo_group } = await gateway.call<{ repo_group: { group_id: number } }>('create_repo_group', {
    group_name,
  });
  await gateway.call('create_repo_group', { group_name: 'deep', parent: group_name });
  for (const name of ['one', 'deep/two'])
    await gateway.call('create_repo', { repo_name: `${group_name}/${name}`, repo_type: 'git' });
  return repo_group.group_id;
}

async function keyWith(...scopes: string[]): Promise<string> {
  const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { description: 'x', scopes });
  return api_key;
}

describe('a group that is moved without waiting', () => {
  it('has a job that shows its end, which an event tells too', async () => {
    const group_id = await fill('early');
    await newEvents();
    const started = await gateway.call<Started>('update_repo_group', {
      repogroupid: 'early',
      group_name: 'late',
      description: 'moved',
      wait: false,
    });
    expect(started).toEqual({
      msg: `moving repository group ID:${group_id} early to late`,
      repo_group: expect.objectContaining({ group_id, group_name: 'early' }),
      job_id: expect.any(Number),
    });
    await hasState(started.job_id, 'succeeded');
    const result = {
      msg: `updated repository group ID:${group_id} late`,
      repo_group: {
        group_id,
        group_name: 'late',
        group_description: 'moved',
        parent_group: null,
        repositories: ['late/one'],
        owner: 'admin',
      },
    };
    expect(await job(started.job_id)).toMatchObject({
      kind: 'update_repo_group',
      repo_id: null,
      repo_name: null,
      group_id,
      group_name: 'early',
      progress: { done: 2, total: 2, text: 'Renaming repositories' },
      result,
    });
    expect(await gateway.call('get_jobs', { repogroupid: 'early' })).toMatchObject({
      jobs: [{ job_id: started.job_id }],
    });
    expect((await newEvents())[0]).toMatchObject({
      type: 'repo_group.updated',
      data: { repo_group: result.repo_group, previous: { group_name: 'early', group_description: 'early' } },
    });
    expect(onDisk('late/deep/two')).toBe(true);
    await expectNamesToAgree(gateway);
  });

  it('has no job when it stays where it is', async () => {
    const args = { repogroupid: 'late', description: 'stays', wait: false };
    expect(await gateway.call('update_repo_group', args)).toMatchObject({
      repo_group: { group_description: 'stays' },
    });
  });

  it('goes on when the call that waited may take no longer', async () => {
    await fill('slow');
    const hasty = await startTestGateway({ FORGEGATE_CALL_DEADLINE_MS: '500' }, gateway);
    await hold();
    const { error } = (await hasty.rpc('update_repo_group', {
      repogroupid: 'slow',
      group_name: 'slower',
    })) as { error: { code: number; message: string; data: { job_id: number } } };
    const { job_id } = error.data;
    expect(error).toMatchObject({
      code: 1012,
      message: `Request deadline exceeded, job ${job_id} goes on`,
    });
    expect(await job(job_id)).toMatchObject({ state: 'running' });
    await release();
    await hasState(job_id, 'succeeded');
    expect(onDisk('slower/one')).toBe(true);
    await hasty.close();
    await expectNamesToAgree(gateway);
  });

  it('stays as it was when the job is cancelled, which an event tells', async () => {
    const group_id = await fill('kept');
    await newEvents();
    await hold();
    const { job_id } = await gateway.call<Started>('update_repo_group', {
      repogroupid: 'kept',
      group_name: 'gone',
      wait: false,
    });
    const cancelled = gateway.call('cancel_job', { job_id });
    await until(async () => (await job(job_id)).cancel_requested);
    await release();
    expect(await cancelled).toMatchObject({
      msg: `cancelled job \`${job_id}\``,
      job: { state: 'cancelled' },
    });
    expect(await newEvents()).toEqual([
      {
        type: 'repo_group.failed',
        data: expect.objectContaining({
          repo_group: expect.objectContaining({ group_id, group_name: 'kept' }),
          operation: 'update_repo_group',
          job_id,
          cancelled: true,
          error: `job \`${job_id}\` was cancelled`,
          detail: null,
        }),
      },
    ]);
    expect(onDisk('kept/one')).toBe(true);
    expect(onDisk('gone')).toBe(false);
    await expectNamesToAgree(gateway);
  });

  it('tells as the waiting call would why it could not go there', async () => {
    await fill('left');
    await gateway.call('create_repo_group', { group_name: 'right' });
    await hold();
    const { job_id } = await gateway.call<Started>('update_repo_group', {
      repogroupid: 'left',
      parent: 'right',
      wait: false,
    });
    const other = gateway.call('update_repo_group', { repogroupid: 'right', parent: 'left' });
    const outcome = other.catch((error: Error) => error.message);
    await until(async () => {
      const { rows } = await holder.query(`SELECT 1 FROM job WHERE state = 'running'`);
      return rows.length === 2;
    });
    await release();
    expect(await outcome).toBe('update_repo_group: failed to update repository group `right`');
    await hasState(job_id, 'succeeded');
    const [refused] = (await gateway.call<{ jobs: object[] }>('get_jobs', { repogroupid: 'right' })).jobs;
    expect(refused).toMatchObject({
      state: 'failed',
      error: 'failed to update repository group `right`',
      detail: 'it was moved at the same moment',
    });
    await expectNamesToAgree(gateway);
  });
});

describe('a group that is deleted without waiting', () => {
  it('has a job that shows its end', async () => {
    const group_id = await fill('doomed');
    const args = { repogroupid: 'doomed', recursive: true, wait: false };
    const started = await gateway.call<Started>('delete_repo_group', args);
    expect(started).toEqual({
      msg: `deleting repo group ID:${group_id} doomed`,
      repo_group: null,
      job_id: expect.any(Number),
    });
    await hasState(started.job_id, 'succeeded');
    expect(await job(started.job_id)).toMatchObject({
      kind: 'delete_repo_group',
      group_id: null,
      group_name: 'doomed',
      progress: { done: 2, total: 2, text: 'Deleting repositories' },
      result: { msg: `deleted repo group ID:${group_id} doomed`, repo_group: null },
    });
    expect(onDisk('doomed')).toBe(false);
    await expectNamesToAgree(gateway);
  });

  it('stays as it was when the job is cancelled', async () => {
    await fill('spared');
    await hold();
    const args = { repogroupid: 'spared', recursive: true, wait: false };
    const { job_id } = await gateway.call<Started>('delete_repo_group', args);
    const cancelled = gateway.call('cancel_job', { job_id });
    await until(async () => (await job(job_id)).cancel_requested);
    await release();
    expect(await cancelled).toMatchObject({ job: { state: 'cancelled' } });
    expect(onDisk('spared/deep/two')).toBe(true);
    await expectNamesToAgree(gateway);
  });

  it('is refused before there is a job when it is not empty', async () => {
    await fill('filled');
    const jobs = async () =>
      (await gateway.call<{ jobs: Job[] }>('get_jobs', { repogroupid: 'filled' })).jobs;
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'filled', wait: false })).toBe(
      'repo group `filled` is not empty',
    );
    expect(await jobs()).toEqual([]);
  });
});

describe('a key with scopes', () => {
  it('moves nothing below a group that is out of them, neither from there nor to there', async () => {
    await fill('narrow');
    const move = (key: string, group_name: string) =>
      gateway.refusal('update_repo_group', { repogroupid: 'narrow', group_name }, key);
    const lacks = (scope: string) => `This API key lacks the scope \`${scope}\``;
    const groups = ['update_repo_group', 'group:{narrow,wide}/**'];
    expect(await move(await keyWith(...groups), 'wide')).toBe(lacks('repo:narrow/one'));
    expect(await move(await keyWith(...groups, 'repo:narrow/*'), 'wide')).toBe(lacks('repo:wide/one'));
    expect(await move(await keyWith(...groups, 'repo:{narrow,wide}/*'), 'wide')).toBe(
      lacks('repo:narrow/deep/two'),
    );
    const whole = await keyWith(...groups, 'repo:{narrow,wide}/**');
    expect(await move(whole, 'wild')).toBe(lacks('group:wild'));
    expect(
      await gateway.call('update_repo_group', { repogroupid: 'narrow', group_name: 'wide' }, whole),
    ).toMatchObject({ repo_group: { group_name: 'wide' } });
    await expectNamesToAgree(gateway);
  });

  it('reaches no repository that came between the call and its job', async () => {
    await fill('race');
    const key = await keyWith(
      'update_repo_group',
      'group:{race,raced}/**',
      'repo:{race,raced}/{one,deep/two}',
    );
    await hold();
    const { job_id } = await gateway.call<Started>(
      'update_repo_group',
      { repogroupid: 'race', group_name: 'raced', wait: false },
      key,
    );
    await holder.query(`UPDATE repo SET repo_name = 'race/uno' WHERE repo_name = 'race/one'`);
    await release();
    await hasState(job_id, 'failed');
    expect(await job(job_id)).toMatchObject({ error: 'This API key lacks the scope `repo:race/uno`' });
    await holder.query(`UPDATE repo SET repo_name = 'race/one' WHERE repo_name = 'race/uno'`);
    await expectNamesToAgree(gateway);
  });

  it('sees the jobs of its groups only', async () => {
    const key = await keyWith('get_job*', 'group:doomed');
    const { jobs } = await gateway.call<{ jobs: { group_name: string }[] }>('get_jobs', {}, key);
    expect(new Set(jobs.map(({ group_name }) => group_name))).toEqual(new Set(['doomed']));
  });
});
