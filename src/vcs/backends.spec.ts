import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([vcs.close(), VcsSandbox.end()]));

describe.each(REPO_TYPES)('a backend', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const backend = vcs.backend(type);
    let box: VcsSandbox;
    let repo: string;
    beforeEach(async () => {
      box = new VcsSandbox();
      repo = box.path('repo');
      await backend.create(repo);
    });
    afterEach(async () => {
      await backend.release(repo);
      box.remove();
    });

    it('says its version', async () => {
      expect(await backend.version()).toEqual({
        version: expect.stringMatching(/^\d+\.\d+/),
        path: expect.stringMatching(/^\/.*(git|hg)$/),
        reason: null,
      });
    });

    it('creates an empty repository', async () => {
      expect(await backend.isRepository(repo)).toBe(true);
      expect(await backend.lastChangeset(repo)).toBeNull();
      expect(await backend.refs(repo)).toEqual({ branches: {}, tags: {}, bookmarks: {} });
      await expect(backend.resolve(repo, 'tip')).rejects.toMatchObject({ code: 'EMPTY_REPOSITORY' });
      await expect(backend.resolve(repo, 'main')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      expect(readdirSync(box.root)).toEqual(['repo']);
    });

    it('creates nothing where something is', async () => {
      const id = await box.commit(type, repo);
      await expect(backend.create(repo)).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
      await expect(backend.clone(repo, { path: repo })).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
      expect((await backend.lastChangeset(repo))?.rawId).toBe(id);
      expect(readdirSync(box.root)).toEqual(['repo']);
    });

    it('takes nothing but a repository for one', async () => {
      expect(await backend.isRepository(box.root)).toBe(false);
      expect(await backend.isRepository(box.path('none'))).toBe(false);
      await expect(backend.refs(box.path('none'))).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
      await expect(backend.lastChangeset(box.root)).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
    });

    it('reads the last changeset', async () => {
      const first = await box.commit(type, repo, { message: 'first' });
      const second = await box.commit(type, repo, {
        message: 'zweite Änderung\n\nmore',
        author: 'Zoë <z@example.com>',
      });
      expect(await backend.lastChangeset(repo)).toEqual({
        rawId: second,
        revision: 1,
        message: expect.stringMatching(/^zweite Änderung\n\nmore/),
        author: 'Zoë <z@example.com>',
        date: 1_700_000_120,
        branch: type === 'git' ? 'main' : 'default',
        parents: [first],
      });
    });

    it('sees what others commit between two reads', async () => {
      await box.commit(type, repo);
      await backend.lastChangeset(repo);
      const second = await box.commit(type, repo);
      expect((await backend.lastChangeset(repo))?.rawId).toBe(second);
      expect(await backend.resolve(repo, second.slice(0, 10))).toBe(second);
    });

    it('reads many changesets in the order asked for', async () => {
      const one = await box.commit(type, repo);
      const two = await box.commit(type, repo);
      const three = await box.commit(type, repo);
      const read = await backend.changesets(repo, [three, one, two, one]);
      expect(read.map(({ rawId, revision }) => [rawId, revision])).toEqual([
        [three, 2],
        [one, 0],
        [two, 1],
        [one, 0],
      ]);
      expect(read[1]?.parents).toEqual([]);
      const missing = 'deadbeef'.repeat(5);
      await expect(backend.changesets(repo, [one, missing])).rejects.toMatchObject({
        code: 'REVISION_NOT_FOUND',
      });
      expect(await backend.changesets(repo, [])).toEqual([]);
    });

    it('resolves names, abbreviations and numbers', async () => {
      const first = await box.commit(type, repo);
      await box.tag(type, repo, 'v1.0', first);
      await box.branchAt(type, repo, 'topic', first);
      const second = await box.commit(type, repo, { branch: 'topic' });
      const resolved = async (revision: string) => backend.resolve(repo, revision);
      expect(await resolved('topic')).toBe(second);
      expect(await resolved('v1.0')).toBe(first);
      expect(await resolved(first)).toBe(first);
      expect(await resolved(first.slice(0, 12))).toBe(first);
      expect(await resolved('0')).toBe(first);
      expect(await resolved('1')).toBe(second);
    });

    it('finds no revision in what could be an option, an expression or a second line', async () => {
      await box.commit(type, repo);
      const odd = [
        'nope',
        '-1x',
        '--all',
        '--output=x',
        'a\0b',
        'a\nb',
        'all()',
        'HEAD~1',
        ':/work',
        '"',
        '\\',
      ];
      for (const revision of [...odd, '0'.repeat(40), 'f'.repeat(40), 'x'.repeat(2000)]) {
        await expect(backend.resolve(repo, revision)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      }
    });

    it('keeps kinds of refs apart', async () => {
      const first = await box.commit(type, repo);
      await box.tag(type, repo, 'release', first);
      await box.branchAt(type, repo, 'topic', first);
      const second = await box.commit(type, repo, { branch: 'topic' });
      expect(await backend.resolveRef(repo, 'branch', 'topic')).toBe(second);
      expect(await backend.resolveRef(repo, 'tag', 'release')).toBe(first);
      expect(await backend.resolveRef(repo, 'rev', first.slice(0, 8))).toBe(first);
      const missing = { code: 'REF_NOT_FOUND' };
      await expect(backend.resolveRef(repo, 'branch', 'release')).rejects.toMatchObject(missing);
      await expect(backend.resolveRef(repo, 'tag', 'topic')).rejects.toMatchObject(missing);
      await expect(backend.resolveRef(repo, 'book', 'topic')).rejects.toMatchObject(missing);
      await expect(backend.resolveRef(repo, 'branch', '--output=x')).rejects.toMatchObject(missing);
    });

    it('clones a repository that is independent of its source', async () => {
      const first = await box.commit(type, repo);
      const fork = box.path('group', 'fork');
      await backend.clone(fork, { path: repo });
      const second = await box.commit(type, repo);
      expect((await backend.lastChangeset(fork))?.rawId).toBe(first);
      await expect(backend.resolve(fork, second)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      const config = box.path('group', 'fork', type === 'git' ? 'config' : '.hg/hgrc');
      expect(existsSync(config) ? readFileSync(config, 'utf8') : '').not.toContain(repo);
      expect(readdirSync(box.path('group'))).toEqual(['fork']);
      await backend.pull(fork, { path: repo });
      expect((await backend.lastChangeset(fork))?.rawId).toBe(second);
    });

    it('clones an empty repository', async () => {
      await backend.clone(box.path('fork'), { path: repo });
      expect(await backend.lastChangeset(box.path('fork'))).toBeNull();
    });

    it('copies from repositories with awkward names', async () => {
      const awkward = box.path('a#b', 'c+d:e "f" %20');
      await backend.create(awkward);
      const base = await box.commit(type, awkward);
      await backend.clone(box.path('x#y', 'fork+1'), { path: awkward });
      const added = await box.commit(
        type,
        box.path('x#y', 'fork+1'),
        type === 'git' ? {} : { branch: 'default' },
      );
      const sides = [
        { path: box.path('x#y', 'fork+1'), rawId: added },
        { path: awkward, rawId: base },
      ] as const;
      expect(await backend.compare(...sides)).toEqual({ ancestor: base, revisions: [added] });
      await backend.pull(awkward, { path: box.path('x#y', 'fork+1') });
      expect((await backend.lastChangeset(awkward))?.rawId).toBe(added);
    });

    it('refuses a source that is no repository and leaves nothing', async () => {
      await expect(backend.clone(box.path('copy'), { path: box.path('none') })).rejects.toMatchObject({
        code: 'REPOSITORY_MISSING',
      });
      await expect(backend.pull(repo, { path: box.root })).rejects.toMatchObject({
        code: 'REPOSITORY_MISSING',
      });
      expect(readdirSync(box.root)).toEqual(['repo']);
    });

    it('compares branches of one repository', async () => {
      const base = await box.commit(type, repo);
      await box.branchAt(type, repo, 'topic', base);
      const ahead = [
        await box.commit(type, repo, { branch: 'topic' }),
        await box.commit(type, repo, { branch: 'topic' }),
      ];
      const [, source = ''] = ahead;
      const same = { path: repo, rawId: source };
      expect(await backend.compare(same, { path: repo, rawId: base })).toEqual({
        ancestor: base,
        revisions: ahead,
      });
      expect(await backend.compare({ path: repo, rawId: base }, same)).toEqual({
        ancestor: base,
        revisions: [],
      });
    });

    it('compares a fork with its parent after both went on', async () => {
      const base = await box.commit(type, repo);
      const fork = box.path('fork');
      await backend.clone(fork, { path: repo });
      const mainline = type === 'git' ? 'main' : 'default';
      const theirs = await box.commit(type, repo, { branch: mainline, file: 'theirs' });
      const ours = [
        await box.commit(type, fork, { branch: mainline }),
        await box.commit(type, fork, { branch: mainline }),
      ];
      const [, source = ''] = ours;
      const compared = await backend.compare({ path: fork, rawId: source }, { path: repo, rawId: theirs });
      expect(compared).toEqual({ ancestor: base, revisions: ours });
      await expect(backend.resolve(fork, theirs)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      await expect(backend.resolve(repo, source)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    });

    it('finds no ancestor of unrelated histories', async () => {
      const ours = await box.commit(type, repo, { message: 'ours' });
      const other = box.path('other');
      await backend.create(other);
      const theirs = await box.commit(type, other, { message: 'theirs' });
      const compared = await backend.compare({ path: repo, rawId: ours }, { path: other, rawId: theirs });
      expect(compared).toEqual({ ancestor: null, revisions: [ours] });
    });

    it('compares nothing with a commit that is not there', async () => {
      const id = await box.commit(type, repo);
      const missing = { path: repo, rawId: 'deadbeef'.repeat(5) };
      const here = { path: repo, rawId: id };
      await expect(backend.compare(here, missing)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      await expect(backend.compare(missing, here)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
      const option = { path: repo, rawId: '--output=x' };
      await expect(backend.compare(option, here)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    });

    it('keeps the commits of a pull request', async () => {
      const id = await box.commit(type, repo);
      await backend.keepPullRequest(repo, 7, id);
      if (type === 'git') expect(box.git(repo, ['rev-parse', 'refs/pull/7/head'])).toBe(id);
      const missing = 'deadbeef'.repeat(5);
      await expect(backend.keepPullRequest(repo, 8, missing)).rejects.toMatchObject({
        code: 'REVISION_NOT_FOUND',
      });
    });

    it('goes on after release and answers parallel readers', async () => {
      const id = await box.commit(type, repo);
      const read = () => Promise.all(Array.from({ length: 8 }, () => backend.resolve(repo, id.slice(0, 9))));
      expect(new Set(await read())).toEqual(new Set([id]));
      await Promise.all([read(), backend.release(box.root), read()]);
      expect(new Set(await read())).toEqual(new Set([id]));
    });

    it('does nothing for a caller who has gone', async () => {
      const signal = AbortSignal.abort();
      await expect(backend.create(box.path('late'), { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(backend.refs(repo, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      await expect(backend.lastChangeset(repo, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
      expect(readdirSync(box.root)).toEqual(['repo']);
    });
  });
});
