import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { diskState } from './disk-state.js';
import { GitCommand } from './git/git-command.js';
import { HgCommand } from './hg/hg-command.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
const box = new VcsSandbox();
afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

/** An hour later everything on disk has settled. */
beforeEach(() => {
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
});
afterEach(() => vi.restoreAllMocks());

describe.each(REPO_TYPES)('what a repository contains', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const backend = vcs.backend(type);
    const repo = box.path(`kept-${type}`);
    const main = type === 'git' ? 'main' : 'default';
    let first: string;
    beforeAll(async () => {
      await backend.create(repo);
      first = await box.commit(type, repo);
    });

    it('is asked for once while nothing changes', async () => {
      const read = async () => [
        await backend.refs(repo),
        await backend.lastChangeset(repo),
        await backend.changesets(repo, [first]),
        await backend.resolve(repo, main),
      ];
      const before = await read();
      const spies = [vi.spyOn(GitCommand.prototype, 'run'), vi.spyOn(HgCommand.prototype, 'jsonText')];
      expect(await read()).toEqual(before);
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    });

    it('shows at once what became of it', async () => {
      for (let round = 0; round < 5; round += 1) {
        const id = await box.commit(type, repo);
        expect((await backend.refs(repo)).branches[main]).toBe(id);
        expect(await backend.resolve(repo, main)).toBe(id);
        expect((await backend.lastChangeset(repo))?.rawId).toBe(id);
        await box.tag(type, repo, `tag-${round}`, id);
        expect((await backend.refs(repo)).tags[`tag-${round}`]).toBe(id);
      }
    });

    it('shows what is renamed, packed and taken away', async () => {
      await backend.refs(repo);
      if (type === 'git') {
        box.git(repo, ['update-ref', 'refs/heads/deep/er/topic', first]);
        expect((await backend.refs(repo)).branches['deep/er/topic']).toBe(first);
        box.git(repo, ['pack-refs', '--all']);
        expect((await backend.refs(repo)).branches['deep/er/topic']).toBe(first);
        box.git(repo, ['branch', '--move', 'deep/er/topic', 'other']);
        expect(Object.keys((await backend.refs(repo)).branches).sort()).toEqual(['main', 'other']);
        box.git(repo, ['symbolic-ref', 'HEAD', 'refs/heads/other']);
        expect((await backend.lastChangeset(repo))?.rawId).toBe(first);
        box.git(repo, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
        box.git(repo, ['branch', '--delete', '--force', 'other']);
        expect(Object.keys((await backend.refs(repo)).branches)).toEqual(['main']);
        return;
      }
      await box.hg(repo, ['bookmark', '-r', first, 'one']);
      expect((await backend.refs(repo)).bookmarks).toEqual({ one: first });
      await box.hg(repo, ['bookmark', '--rename', 'one', 'two']);
      expect((await backend.refs(repo)).bookmarks).toEqual({ two: first });
      const gone = await box.commit('hg', repo);
      expect(await backend.resolve(repo, gone)).toBe(gone);
      await box.hg(repo, ['--config', 'extensions.strip=', 'strip', '--no-backup', '-r', gone]);
      await expect(backend.resolve(repo, gone)).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' });
    });
  });
});

describe('the state of files', () => {
  it('is unknown while one of them is younger than clocks can tell, and known when one is not there', async () => {
    const file = box.path('young');
    writeFileSync(file, 'one');
    const now = new Date().getTime();
    expect(await diskState([file], now)).toBeNull();
    const later = now + 10_000;
    const state = await diskState([file, join(file, 'nothing')], later);
    expect(state).toMatch(/;-;$/);
    writeFileSync(file, 'four');
    expect(await diskState([file, join(file, 'nothing')], later + 10_000)).not.toBe(state);
  });
});
