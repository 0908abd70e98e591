import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import type { HistoryQuery, RepoType } from './vcs.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([vcs.close(), VcsSandbox.end()]));

/** The first commit of the sandbox's clock. */
const FIRST = 1_700_000_060;
const missing = { code: 'REVISION_NOT_FOUND' };

/** Writes, removes and commits files; the parents are given, so that merges can be made. */
async function commitFiles(
  box: VcsSandbox,
  type: RepoType,
  repo: string,
  commit: { files: Record<string, string | Buffer | null>; parents?: string[]; time: number },
): Promise<string> {
  const { files, parents = [], time } = commit;
  const [first, second] = parents;
  if (type === 'git') {
    const data = (content: string | Buffer) => `data ${Buffer.byteLength(content)}\n${content.toString()}`;
    const lines = [
      `commit refs/heads/files\ncommitter Con <con@example.com> ${time} +0000\n${data('files')}`,
      ...(first === undefined ? [] : [`from ${first}`]),
      ...(second === undefined ? [] : [`merge ${second}`]),
      ...Object.entries(files).map(([path, content]) =>
        content === null ? `D ${path}` : `M 100644 inline ${path}\n${data(content)}`,
      ),
    ];
    box.git(repo, ['fast-import', '--quiet', '--force'], lines.join('\n'));
    return box.git(repo, ['rev-parse', 'refs/heads/files']);
  }
  await box.hg(repo, ['update', '--clean', '--quiet', '--rev', first ?? 'null']);
  if (second !== undefined) await box.hg(repo, ['merge', '--quiet', '--tool=:other', '--rev', second]);
  for (const [path, content] of Object.entries(files)) {
    if (content === null) {
      await box.hg(repo, ['remove', '--quiet', '--force', path]);
      continue;
    }
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), content);
  }
  await box.hg(repo, ['commit', '--quiet', '--addremove', '-m', 'files', '-u', 'Con', '-d', `${time} 0`]);
  return box.hg(repo, ['log', '-r', '.', '-T', '{node}']);
}

describe.each(REPO_TYPES)('reading', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const backend = vcs.backend(type);
    const box = new VcsSandbox();
    afterAll(() => box.remove());

    describe('the history', () => {
      const repo = box.path('history');
      const main = type === 'git' ? 'main' : 'default';
      /** Two on the main branch, two on `topic` from the first of them, one on the main branch again. */
      let ids: string[];
      beforeAll(async () => {
        await backend.create(repo);
        const one = await box.commit(type, repo);
        const two = await box.commit(type, repo);
        await box.branchAt(type, repo, 'topic', one);
        const three = await box.commit(type, repo, { branch: 'topic' });
        const four = await box.commit(type, repo, { branch: 'topic' });
        await box.tag(type, repo, 'v1', two);
        if (type === 'hg') await box.hg(repo, ['update', '--clean', '--quiet', main]);
        ids = [one, two, three, four, await box.commit(type, repo, { branch: main })];
      });
      const numbers = async (query: HistoryQuery) =>
        (await backend.history(repo, query)).map(({ rawId, revision }) => {
          expect(ids[revision]).toBe(rawId);
          return revision;
        });

      it('is whole and oldest first when nothing is asked', async () => {
        expect(await numbers({})).toEqual([0, 1, 2, 3, 4]);
        expect(await backend.history(repo, {})).toEqual(await backend.changesets(repo, ids));
      });

      it('takes both bounds in, however they are written', async () => {
        const [, two = '', , four = ''] = ids;
        expect(await numbers({ start: two, end: four })).toEqual([1, 2, 3]);
        expect(await numbers({ start: 'v1', end: four.slice(0, 9) })).toEqual([1, 2, 3]);
        expect(await numbers({ start: '1', end: '3' })).toEqual([1, 2, 3]);
        expect(await numbers({ start: '-2' })).toEqual([3, 4]);
        expect(await numbers({ end: 'topic' })).toEqual([0, 1, 2, 3]);
        expect(await numbers({ start: 'tip', end: 'tip' })).toEqual([4]);
      });

      it('combines bounds with filters, then keeps the newest, then turns round', async () => {
        const topic = type === 'git' ? [0, 2, 3] : [2, 3];
        expect(await numbers({ branch: 'topic' })).toEqual(topic);
        expect(await numbers({ branch: main })).toEqual([0, 1, 4]);
        expect(await numbers({ branch: main, start: '1', end: '3' })).toEqual([1]);
        expect(await numbers({ branch: main, newest: 2 })).toEqual([1, 4]);
        expect(await numbers({ newest: 2, reverse: true })).toEqual([4, 3]);
        expect(await numbers({ end: '3', newest: 2 })).toEqual([2, 3]);
        expect(await numbers({ branch: 'topic', start: '4' })).toEqual([]);
      });

      it('takes both dates in', async () => {
        const at = (index: number) => FIRST + 60 * index;
        expect(await numbers({ since: at(1), until: at(3) })).toEqual([1, 2, 3]);
        expect(await numbers({ since: at(1) + 1, until: at(3) - 1 })).toEqual([2]);
        expect(await numbers({ since: at(3), branch: main, reverse: true })).toEqual([4]);
        expect(await numbers({ since: 2 ** 40 })).toEqual([]);
        expect(await numbers({ until: -(2 ** 40) })).toEqual([]);
        expect(await numbers({ since: -(2 ** 40), until: 2 ** 40 })).toEqual([0, 1, 2, 3, 4]);
      });

      it('comes in pages, whichever way round', async () => {
        const [, two = '', , , five = ''] = ids;
        expect(await numbers({ limit: 2 })).toEqual([0, 1]);
        expect(await numbers({ limit: 2, after: two })).toEqual([2, 3]);
        expect(await numbers({ limit: 9, after: two, newest: 2 })).toEqual([3, 4]);
        expect(await numbers({ limit: 2, after: five, reverse: true })).toEqual([3, 2]);
        expect(await numbers({ after: five })).toEqual([]);
      });

      it('says what is not there, and what is the wrong way round', async () => {
        const noBranch = { code: 'REF_NOT_FOUND', message: expect.stringContaining('branch') };
        await expect(numbers({ start: 'nope' })).rejects.toMatchObject(missing);
        await expect(numbers({ end: 'deadbeef'.repeat(5) })).rejects.toMatchObject(missing);
        await expect(numbers({ start: '3', end: '1' })).rejects.toMatchObject({ code: 'INVALID_RANGE' });
        for (const branch of ['nope', 'v1', '--all', 're:.*', '") or all() or branch("x']) {
          await expect(numbers({ branch })).rejects.toMatchObject(noBranch);
        }
      });

      it('follows what is committed and what is forgotten', async () => {
        const growing = box.path('growing');
        await backend.clone(growing, { path: repo });
        expect(await backend.history(growing, {})).toHaveLength(5);
        await box.commit(type, growing, { branch: 'topic' });
        expect(await backend.history(growing, {})).toHaveLength(6);
        if (type !== 'git') return;
        box.git(growing, ['update-ref', 'refs/heads/topic', ids[0] ?? '']);
        expect((await backend.history(growing, {})).map(({ rawId }) => rawId)).toEqual([
          ids[0],
          ids[1],
          ids[4],
        ]);
      });

      it('of an empty repository says so, whatever is asked', async () => {
        const empty = box.path('empty');
        await backend.create(empty);
        for (const query of [{}, { branch: 'nope' }, { start: '0' }, { since: 0 }]) {
          await expect(backend.history(empty, query)).rejects.toMatchObject({ code: 'EMPTY_REPOSITORY' });
        }
      });
    });

    describe('files', () => {
      const repo = box.path('files');
      const binary = Buffer.from([0, 1, 10, 13, 65, 0]);
      let root: string;
      let left: string;
      let right: string;
      let merge: string;
      beforeAll(async () => {
        await backend.create(repo);
        const files = { 'a.txt': 'a', 'd/b.txt': 'b', 'd/e/c.bin': binary, 'd.x': 'x' };
        root = await commitFiles(box, type, repo, { files, time: FIRST });
        left = await commitFiles(box, type, repo, {
          files: { 'a.txt': 'left', 'new.txt': 'n', 'd.x': null },
          parents: [root],
          time: FIRST + 60,
        });
        right = await commitFiles(box, type, repo, {
          files: { 'd/b.txt': 'right', 'd/ü y': 'u' },
          parents: [root],
          time: FIRST + 120,
        });
        const merged: Record<string, string> = type === 'git' ? { 'd/b.txt': 'right', 'd/ü y': 'u' } : {};
        merge = await commitFiles(box, type, repo, {
          files: merged,
          parents: [left, right],
          time: FIRST + 180,
        });
      });

      it('that a commit touches are told by kind', async () => {
        const touched = await backend.touchedFiles(repo, [right, root, left]);
        expect(touched).toEqual([
          { added: ['d/ü y'], changed: ['d/b.txt'], removed: [] },
          { added: ['a.txt', 'd.x', 'd/b.txt', 'd/e/c.bin'], changed: [], removed: [] },
          { added: ['new.txt'], changed: ['a.txt'], removed: ['d.x'] },
        ]);
        expect(await backend.touchedFiles(repo, [left, right])).toEqual([touched[2], touched[0]]);
        expect(await backend.touchedFiles(repo, [])).toEqual([]);
      });

      it('that a merge touches: git compares with every parent, hg with the first', async () => {
        const [touched] = await backend.touchedFiles(repo, [merge]);
        const fromRight = { added: ['d/ü y'], changed: ['d/b.txt'], removed: [] };
        const fromBoth = {
          added: ['d/ü y', 'new.txt'],
          changed: ['a.txt', 'd/b.txt'],
          removed: ['d.x'],
        };
        expect(touched).toEqual(type === 'git' ? fromBoth : fromRight);
      });

      it('of a commit are listed with their directories', async () => {
        const tree = async (directory: string, id = merge) => {
          const { directories, files } = await backend.tree(repo, id, directory);
          return { directories: [...directories].sort(), files: [...files].sort() };
        };
        const below = { directories: ['d/e'], files: ['d/b.txt', 'd/e/c.bin', 'd/ü y'] };
        expect(await tree('d')).toEqual(below);
        expect(await tree('/d/')).toEqual(below);
        expect(await tree('')).toEqual({
          directories: ['d', 'd/e'],
          files: ['a.txt', 'd/b.txt', 'd/e/c.bin', 'd/ü y', 'new.txt'],
        });
        expect((await tree('', root)).files).toEqual(['a.txt', 'd.x', 'd/b.txt', 'd/e/c.bin']);
        for (const path of ['none', 'a.txt', 'd/..', './d', '../files', 'd//e', 'a\nb', ':(glob)*']) {
          await expect(tree(path)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
        }
      });

      it('are read byte for byte', async () => {
        expect(await backend.file(repo, merge, 'd/e/c.bin')).toEqual(binary);
        expect((await backend.file(repo, root, 'd/b.txt')).toString()).toBe('b');
        expect((await backend.file(repo, merge, '/d/ü y')).toString()).toBe('u');
        for (const path of ['', 'd', 'none', 'd/../a.txt', 'a.txt\ninfo HEAD', 'set:all()']) {
          await expect(backend.file(repo, merge, path)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
        }
      });

      it('are not looked for in what is no commit', async () => {
        for (const id of ['--output=x', 'HEAD', '0'.repeat(40)]) {
          await expect(backend.tree(repo, id, '')).rejects.toMatchObject(missing);
          await expect(backend.file(repo, id, 'a.txt')).rejects.toMatchObject(missing);
          await expect(backend.touchedFiles(repo, [id])).rejects.toMatchObject(missing);
        }
      });

      it('are asked for again when a repository is replaced', async () => {
        await backend.tree(repo, merge, '');
        await backend.release(repo);
        const other = box.path('other');
        await backend.create(other);
        await expect(backend.file(other, merge, 'a.txt')).rejects.toThrow();
        expect((await backend.tree(repo, merge, '')).files).toHaveLength(5);
      });
    });
  });
});
