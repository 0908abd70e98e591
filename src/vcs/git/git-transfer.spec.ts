import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopbackClosed, VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import { VersionControlService } from '../version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
const git = vcs.backend('git');
afterAll(() => vcs.close());

describe('pulling with git', () => {
  let box: VcsSandbox;
  let source: string;
  let target: string;
  const pull = () => git.pull(target, { path: source });
  const refs = async () => (await git.refs(target)).branches;
  beforeEach(async () => {
    box = new VcsSandbox();
    source = box.path('source');
    target = box.path('target');
    await git.create(source);
    await git.create(target);
  });
  afterEach(() => box.remove());

  it('starts on the branch main', () => {
    expect(box.git(target, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/main');
  });

  it('fails when the source is empty', async () => {
    await expect(pull()).rejects.toMatchObject({
      code: 'EMPTY_REPOSITORY',
      message: 'the source has no branches',
    });
  });

  it('overwrites branches and deletes none', async () => {
    const old = await box.commit('git', source);
    await box.branchAt('git', source, 'gone', old);
    await pull();
    box.git(source, ['update-ref', '-d', 'refs/heads/gone']);
    box.git(source, ['update-ref', '-d', 'refs/heads/main']);
    const rewritten = await box.commit('git', source, { message: 'rewritten' });
    await pull();
    expect(await refs()).toEqual({ main: rewritten, gone: old });
  });

  it('brings the tags of what it brings and keeps those that are there', async () => {
    const first = await box.commit('git', source);
    box.git(source, ['tag', '-m', 'annotated', 'v1', first]);
    await box.tag('git', source, 'moved', first);
    await pull();
    const second = await box.commit('git', source);
    await box.tag('git', source, 'moved', second);
    await box.tag('git', source, 'v2', second);
    await pull();
    expect((await git.refs(target)).tags).toEqual({ v1: first, v2: second, moved: first });
  });

  it('changes no ref when one of them cannot be written', async () => {
    const first = await box.commit('git', source);
    await pull();
    await box.branchAt('git', target, 'a', first);
    await box.branchAt('git', source, 'a/b', first);
    await box.commit('git', source);
    await expect(pull()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await refs()).toEqual({ main: first, a: first });
  });

  it('takes over the default branch of the source while there is none', async () => {
    const zeta = await box.commit('git', source, { branch: 'zeta' });
    await box.commit('git', source, { branch: 'alpha' });
    box.git(source, ['symbolic-ref', 'HEAD', 'refs/heads/zeta']);
    await pull();
    expect(box.git(target, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/zeta');
    expect(await git.lastChangeset(target)).toMatchObject({ rawId: zeta, branch: 'zeta' });
    box.git(source, ['symbolic-ref', 'HEAD', 'refs/heads/alpha']);
    await pull();
    expect(box.git(target, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/zeta');
  });

  it('is undisturbed by names that could be options or belong to prototypes', async () => {
    const id = await box.commit('git', source);
    await box.branchAt('git', source, '__proto__', id);
    box.git(source, ['update-ref', 'refs/heads/-x', id]);
    await pull();
    expect(Object.entries(await refs())).toEqual([
      ['-x', id],
      ['__proto__', id],
      ['main', id],
    ]);
    expect(await git.resolveRef(target, 'branch', '__proto__')).toBe(id);
  });

  it('leaves out of a clone what belongs to pull requests', async () => {
    const id = await box.commit('git', source);
    await git.keepPullRequest(source, 1, id);
    await git.clone(box.path('fork'), { path: source });
    expect(box.git(box.path('fork'), ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main');
  });

  it('shares the objects of a clone on disk without borrowing them', async () => {
    const id = await box.commit('git', source);
    box.git(source, ['repack', '-a', '-d', '-q']);
    await git.clone(box.path('fork'), { path: source });
    await git.release(source);
    rmSync(source, { recursive: true });
    expect((await git.lastChangeset(box.path('fork')))?.rawId).toBe(id);
  });

  it('copies everything from a source that borrows objects itself', async () => {
    const id = await box.commit('git', source);
    box.git(source, ['clone', '--quiet', '--bare', '--shared', source, box.path('borrower')]);
    await git.clone(box.path('fork'), { path: box.path('borrower') });
    rmSync(source, { recursive: true });
    expect((await git.lastChangeset(box.path('fork')))?.rawId).toBe(id);
  });
});

describe('reading with git', () => {
  const box = new VcsSandbox();
  afterAll(() => box.remove());

  it('peels tags of tags and leaves out tags of no commit', async () => {
    const repo = box.path('tags');
    await git.create(repo);
    const id = await box.commit('git', repo);
    box.git(repo, ['tag', '-m', 'one', 'one', id]);
    box.git(repo, ['tag', '-m', 'two', 'two', 'one']);
    box.git(repo, ['tag', '-m', 'three', 'three', 'two']);
    box.git(repo, ['update-ref', 'refs/tags/tree', box.git(repo, ['rev-parse', `${id}^{tree}`])]);
    expect((await git.refs(repo)).tags).toEqual({ one: id, two: id, three: id });
    expect(await git.resolveRef(repo, 'tag', 'three')).toBe(id);
    await expect(git.resolveRef(repo, 'tag', 'tree')).rejects.toMatchObject({ code: 'REF_NOT_FOUND' });
  });

  it('finds no branch in a tag that is called like one', async () => {
    const repo = box.path('shadow');
    await git.create(repo);
    const id = await box.commit('git', repo);
    box.git(repo, ['update-ref', 'refs/tags/refs/heads/x', id]);
    await expect(git.resolveRef(repo, 'branch', 'x')).rejects.toMatchObject({ code: 'REF_NOT_FOUND' });
  });

  it('reads another branch while HEAD names one that is not there', async () => {
    const repo = box.path('unborn');
    await git.create(repo);
    const id = await box.commit('git', repo, { branch: 'master' });
    expect(await git.lastChangeset(repo)).toMatchObject({ rawId: id, branch: 'master' });
    expect(await git.resolve(repo, 'HEAD')).toBe(id);
  });

  it('counts all reachable commits, whatever the branch', async () => {
    const repo = box.path('counted');
    await git.create(repo);
    const base = await box.commit('git', repo);
    await box.branchAt('git', repo, 'topic', base);
    const topic = await box.commit('git', repo, { branch: 'topic' });
    const main = await box.commit('git', repo);
    expect((await git.lastChangeset(repo))?.revision).toBe(2);
    const read = await git.changesets(repo, [main, base, topic]);
    expect(read.map(({ revision, branch }) => [revision, branch])).toEqual([
      [2, 'main'],
      [0, null],
      [1, 'topic'],
    ]);
    expect(await git.resolve(repo, '1')).toBe(topic);
  });
});
