import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../src/config/secret-box.js';
import type { Settings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/database/data-source.js';
import { PostgresChangeFeed } from '../../src/database/postgres-change-feed.js';
import { PostgresDatabase } from '../../src/database/postgres-database.js';
import { JobHandlers } from '../../src/jobs/job-handlers.js';
import { JobMetrics } from '../../src/jobs/job-metrics.js';
import { JobOutcomes } from '../../src/jobs/job-outcomes.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { JobsLog } from '../../src/jobs/jobs-log.js';
import type { JobHandler, NewJob, RunningJob } from '../../src/jobs/job.js';
import type { Caller } from '../../src/rpc/call.js';
import { RpcFault } from '../../src/rpc/errors.js';
import { createTestDatabase } from '../harness/postgres.js';

const settings = { jobConcurrency: 2, jobLeaseMs: 1_000 } as Settings;
const box = new SecretBox(randomBytes(32));

/** One process of the gateway, as far as jobs go. */
async function startProcess(url: string, handler: Handler) {
  const source = await createDataSource({ url, poolSize: 6 }).initialize();
  const db = new PostgresDatabase(source);
  handler.db = db;
  const feed = new PostgresChangeFeed(source);
  await feed.onModuleInit();
  const handlers = new JobHandlers();
  handlers.register('test', handler);
  const outcomes = new JobOutcomes(feed);
  const registry = new Registry();
  const metrics = new JobMetrics(db, handlers, registry);
  const runner = new JobRunner(settings, db, box, handlers, outcomes, metrics);
  const queue = new JobQueue(settings, db, box, runner, outcomes);
  const disconnect = async () => {
    await feed.onApplicationShutdown();
    await db.onApplicationShutdown();
  };
  return { db, runner, queue, metrics, registry, log: new JobsLog(db), disconnect };
}
type Process = Awaited<ReturnType<typeof startProcess>>;

const callerOf = (userId: number): Caller => ({
  principal: { userId, username: `user-${userId}`, admin: false, apiKeyId: 7, scopes: null, dialect: null },
  requestId: 'req-1',
  ip: '',
  signal: new AbortController().signal,
});

/** Jobs wait until a test lets them end. */
class Handler implements JobHandler {
  db: PostgresDatabase | null = null;
  readonly running: RunningJob[] = [];
  readonly cleaned: number[] = [];
  readonly failures: { jobId: number; fault: RpcFault; isClean: boolean }[] = [];
  readonly seen = new Set<() => void>();
  end: (job: RunningJob) => Promise<void> = () => Promise.resolve();
  clean = (job: RunningJob): Promise<void> => {
    this.cleaned.push(job.jobId);
    return Promise.resolve();
  };

  async run(job: RunningJob) {
    this.running.push(job);
    for (const tell of this.seen) tell();
    await this.end(job);
    await this.db?.transaction((tx) => job.succeed(tx, { done: job.jobId }));
  }

  failed(_tx: unknown, { jobId }: RunningJob, fault: RpcFault, isClean: boolean): Promise<void> {
    this.failures.push({ jobId, fault, isClean });
    return Promise.resolve();
  }

  async has(count: number): Promise<void> {
    while (this.running.length < count) await new Promise<void>((resolve) => this.seen.add(resolve));
  }
}

const forever = (job: RunningJob) =>
  new Promise<void>((_, reject) => {
    job.caller.signal.addEventListener('abort', () => reject(new Error('broken off')), { once: true });
  });

let database: { url: string; drop: () => Promise<unknown> };
let handler: Handler;
let first: Process;
let others: Process[];
let repoIds: number[];
beforeEach(async () => {
  database = await createTestDatabase();
  handler = new Handler();
  first = await startProcess(database.url, handler);
  others = [];
  const rows = await first.db.query<{ repo_id: number }>(
    `WITH people AS (INSERT INTO "user" (user_id, username) VALUES (10, 'ann'), (11, 'ben') RETURNING user_id)
     INSERT INTO repo (repo_name, repo_type, owner_id)
     SELECT 'repo-' || n, 'git', (SELECT min(user_id) FROM people) FROM generate_series(1, 8) AS n RETURNING repo_id`,
  );
  repoIds = rows.map(({ repo_id }) => repo_id);
});
afterEach(async () => {
  for (const process of [first, ...others]) {
    await process.runner.stop();
    await process.disconnect();
  }
  await database.drop();
});

const another = async (ownHandler = handler) => {
  const process = await startProcess(database.url, ownHandler);
  others.push(process);
  return process;
};
const add = (job: Partial<NewJob> = {}, by: number | Caller = 10, process = first) =>
  process.db.transaction((tx) =>
    process.queue.add(tx, typeof by === 'number' ? callerOf(by) : by, {
      kind: 'test',
      lane: 'local',
      repo: repo(0),
      args: {},
      ...job,
    }),
  );
const repo = (n: number) => ({ id: repoIds[n] as number, name: 'repo' });

describe('a job', () => {
  it('is done with its arguments, secrets and caller, and tells what came of it', async () => {
    first.runner.start(true);
    const jobId = await add({ args: { a: 1 }, secrets: { token: 't0p' } });
    expect(await first.queue.wait(jobId, callerOf(10))).toEqual({ done: jobId });
    const [job] = handler.running;
    expect(job).toMatchObject({ jobId, args: { a: 1 }, secrets: { token: 't0p' }, attempt: 1 });
    expect(job?.caller).toMatchObject({
      principal: { userId: 10, username: 'user-10', apiKeyId: 7 },
      requestId: 'req-1',
    });
    expect(await first.log.find(jobId)).toMatchObject({ state: 'succeeded', secrets_sealed: null });
  });

  it('does not exist when its transaction is rolled back', async () => {
    first.runner.start(true);
    const broken = first.db.transaction(async (tx) => {
      const job = {
        kind: 'test',
        lane: 'local',
        repo: repo(0),
        args: {},
        here: true,
      } as const;
      await first.queue.add(tx, callerOf(10), job);
      throw new Error('no');
    });
    await expect(broken).rejects.toThrow('no');
    expect(await first.log.list({ limit: 10 })).toEqual([]);
    expect(handler.running).toEqual([]);
  });

  it('shows how far it is', async () => {
    handler.end = async (job) => {
      job.progress({ done: 1, total: 3, text: 'Counting' });
      job.progress({ done: 2, total: 3, text: 'comes too soon after' });
      await forever(job);
    };
    first.runner.start(true);
    const jobId = await add();
    let progress: unknown = null;
    while (progress === null) progress = (await first.log.find(jobId))?.progress ?? null;
    expect(progress).toEqual({ done: 1, total: 3, text: 'Counting' });
  });

  it('fails with the fault that the waiting call gets, in any process', async () => {
    handler.end = () => Promise.reject(new RpcFault('CONFLICT', 'not so', { detail: 'why' }));
    first.runner.start(true);
    const waiting = await another();
    const jobId = await add({}, 10, waiting);
    await expect(waiting.queue.wait(jobId, callerOf(10))).rejects.toMatchObject({
      reason: 'CONFLICT',
      message: 'not so',
      data: { detail: 'why' },
    });
    expect(handler.cleaned).toEqual([jobId]);
    expect(handler.failures).toMatchObject([{ jobId, isClean: true }]);
  });

  it('that ends without success or failure has failed', async () => {
    handler.db = null;
    first.runner.start(true);
    const jobId = await add();
    await expect(first.queue.wait(jobId, callerOf(10))).rejects.toMatchObject({ reason: 'INTERNAL' });
    expect(await first.log.find(jobId)).toMatchObject({ state: 'failed' });
  });

  it('keeps to the scopes of the key that it was made with', async () => {
    first.runner.start(true);
    const caller = callerOf(10);
    const limited = { ...caller, principal: { ...caller.principal, scopes: ['repo:infra/*'] } };
    const jobId = await add({}, limited);
    await first.queue.wait(jobId, limited);
    expect(handler.running[0]?.caller.principal.scopes).toEqual(['repo:infra/*']);
  });

  it('that breaks in an unexpected way tells nobody how', async () => {
    handler.end = () => Promise.reject(new Error('at /home/me'));
    handler.clean = () => Promise.reject(new Error('disk full'));
    first.runner.start(true);
    const jobId = await add();
    await expect(first.queue.wait(jobId, callerOf(10))).rejects.toMatchObject({
      reason: 'INTERNAL',
      message: 'Internal server error',
    });
    expect(handler.failures).toMatchObject([{ isClean: false }]);
    expect(JSON.stringify(await first.log.find(jobId))).not.toContain('/home');
  });
});

describe('the queue', () => {
  it('lets one job at a time change a repository, the oldest first, over all processes', async () => {
    let atOnce = 0;
    let most = 0;
    handler.end = async () => {
      most = Math.max(most, (atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      atOnce -= 1;
    };
    first.runner.start(true);
    (await another()).runner.start(true);
    const jobIds = [];
    for (let n = 0; n < 6; n += 1) jobIds.push(await add());
    await Promise.all(jobIds.map((jobId) => first.queue.wait(jobId, callerOf(10))));
    expect(handler.running.map(({ jobId }) => jobId)).toEqual(jobIds);
    expect(most).toBe(1);
  });

  it('gives turns to people, and a lane of its own to what dials out', async () => {
    handler.end = forever;
    const anns = [];
    for (let n = 0; n < 4; n += 1) anns.push(await add({ repo: repo(n) }, 10));
    const bens = await add({ repo: repo(5) }, 11);
    const remote = await add({ repo: repo(6), lane: 'remote' }, 10);
    first.runner.start(true);
    await handler.has(3);
    expect(handler.running.map(({ jobId }) => jobId).toSorted((a, b) => a - b)).toEqual([
      anns[0],
      bens,
      remote,
    ]);
  });
});

describe('a process that dies', () => {
  it('loses its job to another one as soon as the lease runs out', async () => {
    handler.end = forever;
    first.runner.start(true);
    const jobId = await add();
    await handler.has(1);
    // No heartbeat reaches the database any more
    await first.disconnect();
    const successor = new Handler();
    const second = await another(successor);
    second.runner.start(true);
    expect(await second.queue.wait(jobId, callerOf(10))).toEqual({ done: jobId });
    expect(successor.running).toMatchObject([{ jobId, attempt: 2 }]);
    // The first has broken its work off by itself, and cleaned nothing under the second
    expect(handler.running[0]?.caller.signal.aborted).toBe(true);
    expect(handler.cleaned).toEqual([]);
    expect(handler.failures).toEqual([]);
  });

  it('again and again is not given the same job for ever', async () => {
    const jobId = await add();
    await first.db.query('UPDATE job SET attempts = 3 WHERE job_id = $1', [jobId]);
    first.runner.start(true);
    await expect(first.queue.wait(jobId, callerOf(10))).rejects.toThrow(
      `job \`${jobId}\` was given up: 3 attempts ended with their process`,
    );
    expect(handler.running).toEqual([]);
    expect(handler.cleaned).toEqual([jobId]);
  });
});

describe('a job that cannot even fail', () => {
  it('is written down as failed in the end', async () => {
    handler.end = () => Promise.reject(new RpcFault('CONFLICT', 'not so'));
    handler.failed = () => Promise.reject(new Error('its repository has vanished'));
    const jobId = await add();
    await first.db.query('UPDATE job SET attempts = 5 WHERE job_id = $1', [jobId]);
    first.runner.start(true);
    await expect(first.queue.wait(jobId, callerOf(10))).rejects.toThrow(
      '6 attempts ended with their process',
    );
    expect(await first.log.find(jobId)).toMatchObject({ state: 'failed', attempts: 7 });
  });
});

describe('a lease that was lost', () => {
  it('keeps the work of the loser from being written down', async () => {
    let release = () => {};
    handler.end = () => new Promise<void>((resolve) => (release = resolve));
    first.runner.start(true);
    const jobId = await add();
    await handler.has(1);
    await first.db.query(
      `UPDATE job SET claim_id = gen_random_uuid(), lease_until = now() + interval '1 hour' WHERE job_id = $1`,
      [jobId],
    );
    release();
    await first.runner.stop();
    expect(await first.log.find(jobId)).toMatchObject({ state: 'running', result: null });
    expect(handler.cleaned).toEqual([]);
    expect(handler.failures).toEqual([]);
  });
});

describe('cancelling', () => {
  it('ends a waiting job without a turn of its own', async () => {
    handler.end = forever;
    first.runner.start(true);
    await add();
    await handler.has(1);
    const elsewhere = await add({ repo: repo(1) });
    const sameRepo = await add();
    await handler.has(2);
    await first.queue.cancel(sameRepo);
    expect(await first.log.find(sameRepo)).toMatchObject({ state: 'pending', cancel_requested: true });
    await first.queue.cancel(elsewhere);
    await expect(first.queue.wait(elsewhere, callerOf(10))).rejects.toThrow(
      `job \`${elsewhere}\` was cancelled`,
    );
    expect(await first.log.find(elsewhere)).toMatchObject({ state: 'cancelled' });
  });

  it('is answered false when the job has ended', async () => {
    first.runner.start(true);
    const jobId = await add();
    await first.queue.wait(jobId, callerOf(10));
    expect(await first.queue.cancel(jobId)).toBe(false);
  });
});

describe('metrics', () => {
  const values = async (name: string) => (await first.registry.getSingleMetric(name)?.get())?.values ?? [];

  it('show what is open by kind and state, how long the oldest has waited, and what became of the others', async () => {
    handler.end = forever;
    first.runner.start(true);
    await add();
    const behind = await add();
    await handler.has(1);
    await first.db.query(`UPDATE job SET created_on = now() - interval '1 minute' WHERE job_id = $1`, [
      behind,
    ]);
    await first.metrics.sample();
    expect(await values('forgegate_jobs_open')).toEqual([
      { labels: { kind: 'test', state: 'pending' }, value: 1 },
      { labels: { kind: 'test', state: 'running' }, value: 1 },
    ]);
    const [oldest] = await values('forgegate_job_oldest_waiting_seconds');
    expect(oldest?.value).toBeGreaterThanOrEqual(60);
    expect(oldest?.value).toBeLessThan(120);

    handler.end = () => Promise.reject(new RpcFault('CONFLICT', 'not so'));
    const refused = await add({ repo: repo(1) });
    await expect(first.queue.wait(refused, callerOf(10))).rejects.toThrow('not so');
    expect(await values('forgegate_jobs_ended_total')).toEqual([
      { labels: { kind: 'test', state: 'failed' }, value: 1 },
    ]);
    expect(await values('forgegate_job_seconds')).toContainEqual(
      expect.objectContaining({ metricName: 'forgegate_job_seconds_count', value: 1 }),
    );
  });
});
