import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runningProcesses } from '../../test/harness/processes.js';
import { hasHg, skippedTitle, VcsSandbox } from '../../test/harness/vcs-sandbox.js';
import { gitEnvironment } from './git/git-environment.js';
import { ObjectReaderPool, type PoolLimits } from './git/object-reader-pool.js';
import { ObjectReader } from './git/object-reader.js';
import { CommandServerPool, type HgPoolLimits } from './hg/command-server-pool.js';
import { CommandServer } from './hg/command-server.js';
import { MACHINE_PATH } from './process-environment.js';

const box = new VcsSandbox();
afterAll(async () => {
  await VcsSandbox.end();
  box.remove();
});

const hasChild = (text: string) =>
  runningProcesses().some(({ parent, args }) => parent === process.pid && args.includes(text));

/** A program that stands for git or hg and does what the code says. */
function fake(name: string, code: string): string {
  const path = box.path(name);
  writeFileSync(path, `#!${process.execPath}\n${code}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the pool of object readers', () => {
  const repo = box.path('repo');
  let id: string;
  beforeAll(async () => {
    box.git(repo, ['init', '--quiet', '--bare', repo]);
    id = await box.commit('git', repo);
  });

  /** Programs of the readers started, in order; git once the given ones are used up. */
  let started: string[];
  let pool: ObjectReaderPool;
  const open = (limits?: PoolLimits, ...programs: string[]) => {
    started = [];
    pool = new ObjectReaderPool((path) => {
      const program = programs.shift() ?? 'git';
      started.push(program);
      return Promise.resolve(new ObjectReader(program, gitEnvironment(MACHINE_PATH, { gitDir: path })));
    }, limits);
  };
  const read = (options = {}) => pool.read(repo, [{ command: 'info', object: id }], options);
  const limits = { processes: 2, answers: 100, idleMs: 60_000 };
  afterEach(() => pool.close());

  it('reads with one process for a repository', async () => {
    open(limits);
    await Promise.all([read(), read(), read()]);
    expect(await read()).toMatchObject([{ found: true, id }]);
    expect(started).toHaveLength(1);
  });

  it('ends the process of a caller who goes, and serves the next with a new one', async () => {
    const hanging = fake('hanging-git', 'process.stdin.resume()');
    open(limits, hanging);
    const going = new AbortController();
    const gone = read({ signal: going.signal });
    const next = read();
    await vi.waitFor(() => expect(started).toEqual([hanging]));
    going.abort();
    await expect(gone).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await next).toMatchObject([{ found: true, id }]);
    expect(started).toEqual([hanging, 'git']);
  });

  it('says so when the process ends, and starts another', async () => {
    open(limits, fake('dying-git', 'process.stdin.once("data", () => process.exit(1))'));
    await expect(read()).rejects.toMatchObject({ code: 'FAILED' });
    expect(await read()).toMatchObject([{ found: true }]);
  });

  it('reads nothing that is too large', async () => {
    open(
      limits,
      fake('odd-git', `process.stdin.once("data", () => console.log("${'a'.repeat(40)} blob 99999999"))`),
    );
    const whole = pool.read(repo, [{ command: 'contents', object: id }]);
    await expect(whole).rejects.toMatchObject({ code: 'FAILED' });
    expect(await read()).toMatchObject([{ found: true }]);
  });

  it('replaces a process after its share of answers', async () => {
    open({ ...limits, answers: 2 });
    for (let count = 0; count < 4; count += 1) await read();
    expect(started).toHaveLength(2);
  });

  it('ends the longest unused when there are too many repositories', async () => {
    open(limits);
    const repos = ['a', 'b', 'c'].map((name) => box.path(name));
    for (const path of repos) {
      box.git(path, ['init', '--quiet', '--bare', path]);
      await pool.read(path, [{ command: 'info', object: id }]);
    }
    const [a = '', b = ''] = repos;
    await pool.read(b, [{ command: 'info', object: id }]);
    expect(started).toHaveLength(3);
    await pool.read(a, [{ command: 'info', object: id }]);
    expect(started).toHaveLength(4);
  });

  it('ends an idle process', async () => {
    open({ ...limits, idleMs: 1 });
    const running = () => hasChild('cat-file');
    await read();
    await vi.waitFor(() => expect(running()).toBe(false));
    await read();
    expect(started).toHaveLength(2);
  });

  it('takes no more readers once it is closed', async () => {
    open(limits);
    await read();
    await pool.close();
    await expect(read()).rejects.toMatchObject({
      code: 'FAILED',
      message: 'version control is shutting down',
    });
  });
});

describe('the pool of command servers', () => {
  const greeting = String.raw`const frame = (c, d) => { const h = Buffer.alloc(5); h.write(c); h.writeUInt32BE(d.length, 1);
    process.stdout.write(Buffer.concat([h, d])); }; frame('o', Buffer.from('capabilities: runcommand\n'));`;
  const hanging = fake('hanging-hg', `${greeting} process.stdin.resume()`);
  const answering = fake(
    'answering-hg',
    `${greeting} process.stdin.on('data', () => frame('r', Buffer.alloc(4)))`,
  );
  let started: string[];
  let pool: CommandServerPool;
  const open = (limits: Partial<HgPoolLimits>, ...programs: string[]) => {
    started = [];
    pool = new CommandServerPool(
      () => {
        const program = programs.shift() ?? answering;
        started.push(program);
        return Promise.resolve(new CommandServer(program, MACHINE_PATH));
      },
      { servers: 2, commands: 100, idleMs: 60_000, ...limits },
    );
  };
  const run = (options = {}, directory = '/repo') => pool.run([directory], ['log'], options);
  afterEach(() => pool.close());

  it('uses a server again', async () => {
    open({});
    await run();
    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(started).toHaveLength(1);
  });

  it('starts no more servers than allowed, and serves all who wait', async () => {
    open({});
    expect(await Promise.all(Array.from({ length: 10 }, () => run()))).toHaveLength(10);
    expect(started).toHaveLength(2);
  });

  it('kills the server of a caller who goes, and lets a waiting one go as well', async () => {
    open({ servers: 1 }, hanging);
    const [first, second] = [new AbortController(), new AbortController()];
    const gone = run({ signal: first.signal });
    const waiting = run({ signal: second.signal });
    const third = run();
    await vi.waitFor(() => expect(started).toEqual([hanging]));
    second.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    first.abort();
    await expect(gone).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await third).toMatchObject({ code: 0 });
    expect(started).toEqual([hanging, answering]);
    const isHanging = () => hasChild('hanging-hg');
    await vi.waitFor(() => expect(isHanging()).toBe(false));
  });

  it.each([
    ['ends', 'process.stdin.once("data", () => process.exit(1))'],
    [
      'writes what is no frame',
      'process.stdin.once("data", () => console.log("Traceback (most recent call last):"))',
    ],
  ])('says so when a server %s, and starts another', async (_, code) => {
    open({}, fake('broken-hg', `${greeting} ${code}`));
    await expect(run()).rejects.toMatchObject({ code: 'FAILED' });
    expect(await run()).toMatchObject({ code: 0 });
  });

  it('answers a question with nothing', async () => {
    const asking = `${greeting} process.stdin.once('data', () => { process.stdout.write(Buffer.from([0x4c, 0, 0, 1, 0]));
      process.stdin.once('data', (answer) => { frame('o', Buffer.from(answer.toString('hex'))); frame('r', Buffer.alloc(4)); }); })`;
    open({}, fake('asking-hg', asking));
    expect(await run()).toMatchObject({ stdout: '00000000' });
  });

  it('replaces a server after its share of commands', async () => {
    open({ commands: 2 });
    for (let count = 0; count < 4; count += 1) await run();
    expect(started).toHaveLength(2);
  });

  it('waits in release for what runs on the directory, and for nothing else', async () => {
    open({}, hanging);
    const going = new AbortController();
    const work = run({ signal: going.signal }, '/root/group/repo');
    await pool.release('/root/other');
    await pool.release('/root/group/rep');
    const order: string[] = [];
    const released = pool.release('/root/group').then(() => order.push('released'));
    const ended = work.catch(() => order.push('ended'));
    going.abort();
    await Promise.all([released, ended]);
    expect(order).toEqual(['ended', 'released']);
  });

  it.skipIf(!hasHg)(`asks real servers in parallel, ${skippedTitle('hg')}`, async () => {
    open({}, 'hg', 'hg');
    const answers = await Promise.all(
      ['x', 'y', 'z'].map((text) => pool.run([], ['debugrevspec', text, '--xyz'])),
    );
    expect(answers.every(({ code }) => code !== 0)).toBe(true);
    expect(answers.every(({ stderr }) => stderr.length > 0)).toBe(true);
  });
});
