import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { VersionControlService } from './version-control.service.js';
import type { MergeRequest, PreparedMerge } from './vcs.js';

const vcs = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([vcs.close(), VcsSandbox.end()]));

describe.each(REPO_TYPES)('merging with %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const backend = vcs.backend(type);
    const main = type === 'git' ? 'main' : 'default';
    let box: VcsSandbox;
    let repo: string;
    let base: string;
    let ours: string;
    let theirs: string;

    const request = (more: Partial<MergeRequest> = {}): MergeRequest => ({
      target: { path: repo, rawId: ours, type: 'branch', name: main },
      source: { path: repo, rawId: theirs },
      message: 'Merge\n\nit',
      author: { name: 'Zoë M', email: 'z@example.com' },
      ...more,
    });
    const publish = async (prepared: PreparedMerge) => {
      await prepared.publish();
      return prepared.rawId;
    };
    const head = () => backend.resolveRef(repo, 'branch', main);

    beforeEach(async () => {
      box = new VcsSandbox();
      repo = box.path('group', 'repo');
      await backend.create(repo);
      base = await box.commit(type, repo, { file: 'shared' });
      await box.branchAt(type, repo, 'topic', base);
      theirs = await box.commit(type, repo, { branch: 'topic', file: 'theirs' });
      ours = await box.commit(type, repo, { branch: main, file: 'ours' });
    });
    afterEach(async () => {
      await backend.release(repo);
      box.remove();
    });

    it('makes a commit of both that nobody sees before it is published', async () => {
      expect(await backend.mergeConflicts(request().target, request().source)).toEqual([]);
      const merged = await backend.merge(request(), async (prepared) => {
        expect(await head()).toBe(ours);
        await prepared.publish();
        return prepared.rawId;
      });
      expect(await head()).toBe(merged);
      const [changeset] = await backend.changesets(repo, [merged]);
      expect(changeset).toMatchObject({ author: 'Zoë M <z@example.com>', parents: [ours, theirs] });
      expect(changeset?.message.trim()).toBe('Merge\n\nit');
      const { files } = await backend.diff(repo, ours, merged);
      expect(files.map(({ path, op }) => [path, op])).toEqual([['theirs', 'added']]);
      expect(readdirSync(box.path('group'))).toEqual(['repo']);
    });

    it('leaves nothing when it is not published', async () => {
      await backend.merge(request(), async () => undefined);
      await expect(
        backend.merge(request(), async () => {
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      expect(await head()).toBe(ours);
      expect(readdirSync(box.path('group'))).toEqual(['repo']);
    });

    it('takes away what a process that died left', async () => {
      const [old, fresh] = [1, 0].map((hours) => {
        const directory = box.path('group', `.forgegate-merge-${hours}`);
        mkdirSync(directory);
        const at = Date.now() / 1000 - hours * 3700;
        utimesSync(directory, at, at);
        return directory;
      });
      await backend.mergeConflicts(request().target, request().source);
      // Only Mercurial merges beside the repository.
      expect(existsSync(old ?? '')).toBe(type === 'git');
      expect(existsSync(fresh ?? '')).toBe(true);
    });

    it('touches no work tree of the served repository', async () => {
      const before = readdirSync(repo);
      await backend.merge(request(), publish);
      expect(readdirSync(repo)).toEqual(before);
      if (type === 'hg') expect(await box.hg(repo, ['status'])).toBe('');
    });

    it('refuses to publish over a push that was quicker', async () => {
      let quicker = '';
      const late = backend.merge(request(), async (prepared) => {
        quicker = await box.commit(type, repo, { branch: main, file: 'quicker' });
        await prepared.publish();
      });
      await expect(late).rejects.toMatchObject({ code: 'MOVED' });
      expect(await head()).toBe(quicker);
    });

    it('names the files that do not go together', async () => {
      await box.branchAt(type, repo, 'topic2', base);
      const one = await box.commit(type, repo, { branch: 'topic2', file: 'shared' });
      const two = await box.commit(type, repo, { branch: main, file: 'shared' });
      const target = { path: repo, rawId: two };
      expect(await backend.mergeConflicts(target, { path: repo, rawId: one })).toEqual(['shared']);
      const conflicting = request({
        target: { ...request().target, rawId: two },
        source: { path: repo, rawId: one },
      });
      await expect(backend.merge(conflicting, publish)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'conflicts in `shared`',
      });
      expect(await head()).toBe(two);
      expect(readdirSync(box.path('group'))).toEqual(['repo']);
    });

    it('brings the commits of a fork along', async () => {
      const fork = box.path('fork+#1');
      await backend.clone(fork, { path: repo });
      const added = await box.commit(type, fork, { branch: main, file: 'in the fork' });
      const source = { path: fork, rawId: added };
      const next = await box.commit(type, repo, { branch: main, file: 'more' });
      expect(await backend.mergeConflicts({ path: repo, rawId: next }, source)).toEqual([]);
      await expect(backend.resolve(repo, added)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      const target = { ...request().target, rawId: next };
      const merged = await backend.merge(request({ target, source }), publish);
      expect((await backend.changesets(repo, [merged]))[0]?.parents).toEqual([next, added]);
      await expect(backend.resolve(fork, merged)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    });

    it('goes forward from a target that stood still', async () => {
      const fork = box.path('fork');
      await backend.clone(fork, { path: repo });
      const added = await box.commit(type, fork, { branch: main, file: 'in the fork' });
      const merged = await backend.merge(request({ source: { path: fork, rawId: added } }), publish);
      expect(await head()).toBe(merged);
      // Mercurial has nothing to merge on one named branch.
      if (type === 'hg') expect(merged).toBe(added);
      else expect((await backend.changesets(repo, [merged]))[0]?.parents).toEqual([ours, added]);
    });

    it('tells by which commit another one came in', async () => {
      const merged = await backend.merge(request(), publish);
      if (type === 'hg') await box.hg(repo, ['update', '--clean', '--quiet', '--rev', merged]);
      const later = await box.commit(type, repo, { branch: main, file: 'later' });
      expect(await backend.mergedBy(repo, theirs, later)).toBe(merged);
      expect(await backend.mergedBy(repo, merged, later)).toBe(merged);
      expect(await backend.mergedBy(repo, later, later)).toBe(later);
    });

    it('tells what changed between two commits, and forgets nothing of a pull request', async () => {
      const { files, text, truncated } = await backend.diff(repo, base, theirs);
      expect(files).toEqual([
        { path: 'theirs', oldPath: null, op: 'added', added: 1, removed: 0, binary: false },
      ]);
      expect(text).toContain('+++ b/theirs');
      expect(truncated).toBe(false);
      await backend.keepPullRequest(repo, 7, theirs);
      await backend.keepPullRequest(repo, 7, ours);
      if (type === 'git') {
        expect(box.git(repo, ['for-each-ref', '--format=%(refname)', 'refs/pull/']).split('\n')).toEqual([
          'refs/pull/7/head',
          `refs/pull/7/past/${theirs}`,
        ]);
      }
      await backend.dropPullRequest(repo, 7);
      if (type === 'git') expect(box.git(repo, ['for-each-ref', 'refs/pull/'])).toBe('');
      await expect(backend.diff(repo, base, 'deadbeef'.repeat(5))).rejects.toMatchObject({
        code: 'REVISION_NOT_FOUND',
      });
    });

    it('does not obey what a repository has in its configuration', async () => {
      const marker = box.path('obeyed');
      const command = `touch ${marker}`;
      if (type === 'git') {
        for (const key of ['merge.x.driver', 'diff.x.command', 'diff.x.textconv', 'diff.external'])
          box.git(repo, ['config', key, command]);
        writeFileSync(`${repo}/info-attributes`, '* merge=x diff=x\n');
        box.git(repo, ['config', 'core.attributesFile', `${repo}/info-attributes`]);
      } else {
        const hooks = ['pretxnchangegroup', 'commit', 'update', 'incoming'];
        writeFileSync(
          `${repo}/.hg/hgrc`,
          `[hooks]\n${hooks.map((hook) => `${hook}.x = ${command}`).join('\n')}\n`,
        );
      }
      await backend.diff(repo, base, theirs);
      await backend.merge(request(), publish);
      expect(existsSync(marker)).toBe(false);
    });

    it('moves a bookmark of Mercurial, and only from where it was', async () => {
      if (type === 'git') {
        const bookmark = request({ target: { ...request().target, type: 'book', name: 'x' } });
        await expect(backend.merge(bookmark, publish)).rejects.toMatchObject({ code: 'REF_NOT_FOUND' });
        return;
      }
      await box.hg(repo, ['bookmark', '--rev', ours, 'stable']);
      const target = { ...request().target, type: 'book' as const, name: 'stable' };
      const merged = await backend.merge(request({ target }), publish);
      expect(await backend.resolveRef(repo, 'book', 'stable')).toBe(merged);
      const late = backend.merge(request({ target, message: 'Merge too late' }), publish);
      await expect(late).rejects.toMatchObject({ code: 'MOVED' });
      expect(await backend.resolveRef(repo, 'book', 'stable')).toBe(merged);
    });
  });
});
