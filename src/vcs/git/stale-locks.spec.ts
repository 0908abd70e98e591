import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopbackClosed, VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import { VersionControlService } from '../version-control.service.js';
import { StaleLocks } from './stale-locks.js';

/** As where no other machine works on the repositories, without the seconds of grace. */
const alone = new VersionControlService(loopbackClosed, undefined, new StaleLocks(0));
const shared = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([alone.close(), shared.close()]));

let box: VcsSandbox;
let path: string;
let first: string;
let second: string;
const held: ChildProcess[] = [];
beforeEach(async () => {
  box = new VcsSandbox();
  path = box.path('repo');
  await alone.backend('git').create(path);
  first = await box.commit('git', path);
  second = await box.commit('git', path);
});
afterEach(() => {
  for (const child of held.splice(0)) child.kill('SIGKILL');
  box.remove();
});

/** A git that stands between taking its locks and writing. */
async function holdLocks(...commands: string[]): Promise<ChildProcess> {
  const child = spawn('git', ['update-ref', '--stdin'], { env: { ...process.env, GIT_DIR: path } });
  held.push(child);
  child.stdin.write(['start', ...commands, 'prepare', ''].join('\n'));
  let said = '';
  while (!said.includes('prepare: ok')) said += String((await once(child.stdout, 'data'))[0]);
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}
const lock = (name: string) => join(path, `${name}.lock`);
const keep = (vcs: VersionControlService, rawId = second) =>
  vcs.backend('git').keepPullRequest(path, 7, rawId);
const refs = async () => (await alone.backend('git').refs(path)).branches;

describe('a lock that a killed git has left', () => {
  it('does not keep the gateway from writing', async () => {
    await kill(await holdLocks(`create refs/pull/7/head ${first}`));
    expect(existsSync(lock('refs/pull/7/head'))).toBe(true);
    await keep(alone);
    expect(box.git(path, ['rev-parse', 'refs/pull/7/head'])).toBe(second);
    expect(existsSync(lock('refs/pull/7/head'))).toBe(false);
  });

  it('on packed refs does not keep it from deleting', async () => {
    await keep(alone);
    box.git(path, ['pack-refs', '--all']);
    await kill(await holdLocks('delete refs/heads/main'));
    expect(existsSync(lock('packed-refs'))).toBe(true);
    await alone.backend('git').dropPullRequest(path, 7);
    expect(box.git(path, ['for-each-ref', 'refs/pull'])).toBe('');
  });

  it('is removed before a push, wherever it lies', async () => {
    await kill(await holdLocks(`update refs/heads/main ${first}`, `create refs/heads/a/b ${first}`));
    writeFileSync(lock('HEAD'), '');
    await new StaleLocks(0).clear(path);
    for (const name of ['refs/heads/main', 'refs/heads/a/b', 'HEAD'])
      expect(existsSync(lock(name))).toBe(false);
    box.git(path, ['update-ref', 'refs/heads/main', first]);
    expect(await refs()).toEqual({ main: first });
  });

  it('is left for ten minutes where other machines may work on the repository', async () => {
    await kill(await holdLocks(`create refs/pull/7/head ${first}`));
    await expect(keep(shared)).rejects.toMatchObject({ code: 'FAILED' });
    const past = new Date(Date.now() - 599_000);
    await utimes(lock('refs/pull/7/head'), past, past);
    await expect(keep(shared)).rejects.toMatchObject({ code: 'FAILED' });
    const longPast = new Date(Date.now() - 601_000);
    await utimes(lock('refs/pull/7/head'), longPast, longPast);
    await keep(shared);
    expect(box.git(path, ['rev-parse', 'refs/pull/7/head'])).toBe(second);
  });
});

describe('a lock that a living git holds', () => {
  it('stays, and the git can go on', async () => {
    const child = await holdLocks(`create refs/pull/7/head ${first}`);
    await expect(keep(alone)).rejects.toMatchObject({ code: 'FAILED' });
    await new StaleLocks(0).clear(path);
    expect(existsSync(lock('refs/pull/7/head'))).toBe(true);
    child.stdin?.end('commit\n');
    await once(child, 'close');
    expect(box.git(path, ['rev-parse', 'refs/pull/7/head'])).toBe(first);
  });

  it('is told from locks in other repositories, and from who reads', async () => {
    await alone.backend('git').create(box.path('other'));
    const elsewhere = spawn('git', ['update-ref', '--stdin'], {
      env: { ...process.env, GIT_DIR: box.path('other') },
    });
    const reader = spawn('git', ['cat-file', '--batch'], { env: { ...process.env, GIT_DIR: path } });
    held.push(elsewhere, reader);
    await kill(await holdLocks(`create refs/pull/7/head ${first}`));
    await keep(alone);
    expect(box.git(path, ['rev-parse', 'refs/pull/7/head'])).toBe(second);
  });
});

describe('what a killed git had received', () => {
  const quarantine = () => join(path, 'objects', 'tmp_objdir-incoming-x1y2z3');
  const left = async (hours: number) => {
    mkdirSync(join(quarantine(), 'pack'), { recursive: true });
    writeFileSync(join(quarantine(), 'pack', 'tmp_pack_1'), 'x');
    const at = new Date(Date.now() - hours * 3_600_000);
    await utimes(quarantine(), at, at);
    await new StaleLocks(0).clear(path);
    return existsSync(quarantine());
  };

  it('goes when no push can last so long, and not before', async () => {
    expect(await left(23)).toBe(true);
    expect(await left(25)).toBe(false);
    expect(await alone.backend('git').resolve(path, second)).toBe(second);
  });
});
