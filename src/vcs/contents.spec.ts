import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { fileBatches } from './file-batches.js';
import { PatchSplitter } from './patch-splitter.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([vcs.close(), VcsSandbox.end()]));

describe.each(REPO_TYPES)('contents of a repository', (type) => {
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

    it('are handed over file by file, larger ones without their content', async () => {
      await box.commit(type, repo, { file: 'a b.txt' });
      const rawId = await box.commit(type, repo, { file: 'd/ä' });
      const read = async (directory: string, largest: number) => {
        const files: unknown[] = [];
        await backend.readFiles(repo, { rawId, directory, largest }, ({ path, size, content }) =>
          files.push([path, size, content?.toString() ?? null]),
        );
        return files;
      };
      const [first, second] = ['1700000060', '1700000120'];
      expect(await read('', 10)).toEqual([
        ['a b.txt', 10, first],
        ['d/ä', 10, second],
      ]);
      expect(await read('/d/', 10)).toEqual([['d/ä', 10, second]]);
      expect(await read('', 9)).toEqual([
        ['a b.txt', 10, null],
        ['d/ä', 10, null],
      ]);
      for (const directory of ['none', 'd/ä', '../d'])
        await expect(read(directory, 10)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    });

    it('keep every byte', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      const rawId = await (type === 'git' ? gitBytes(bytes) : hgBytes(bytes));
      const found: Buffer[] = [];
      const place = { rawId, directory: '', largest: 1_000 };
      await backend.readFiles(repo, place, ({ content }) => content && found.push(content));
      expect(found).toEqual([bytes]);
    });

    it('tell what each of many commits changed', async () => {
      const first = await box.commit(type, repo, { file: 'one' });
      const second = await box.commit(type, repo, { file: 'two' });
      const diffs = await backend.patches(repo, [second, first]);
      expect(diffs.map(({ files }) => files.map(({ path, op, added }) => [path, op, added]))).toEqual([
        [['two', 'added', 1]],
        [['one', 'added', 1]],
      ]);
      expect(diffs[0]?.text).toMatch(/^diff --git a\/two b\/two\n[^]*\n\+1700000120\n/);
      const short = await backend.patches(repo, [second, first], { maxTextBytes: 1 });
      expect(short.map(({ files, text, truncated }) => [files.length, text, truncated])).toEqual([
        [1, '', true],
        [1, '', true],
      ]);
      expect(await backend.patches(repo, [])).toEqual([]);
    });

    it('tell which named branches are closed', async () => {
      const first = await box.commit(type, repo);
      await box.branchAt(type, repo, 'old', first);
      await box.commit(type, repo, { branch: 'old' });
      expect(await backend.closedBranches(repo)).toEqual({});
      if (type === 'git') return;
      await box.hg(repo, ['commit', '-m', 'close', '-u', 'a', '--close-branch']);
      const tip = await backend.resolve(repo, 'tip');
      expect(await backend.closedBranches(repo)).toEqual({ old: tip });
    });

    async function gitBytes(bytes: Buffer): Promise<string> {
      writeFileSync(box.path('bytes'), bytes);
      const blob = box.git(repo, ['hash-object', '-w', box.path('bytes')]);
      const tree = box.git(repo, ['mktree'], `100644 blob ${blob}\tbytes\n`);
      const env = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
      return box.git(repo, [...env, 'commit-tree', tree, '-m', 'bytes']);
    }

    async function hgBytes(bytes: Buffer): Promise<string> {
      writeFileSync(join(repo, 'bytes'), bytes);
      await box.hg(repo, ['commit', '-A', '-m', 'bytes', '-u', 'a']);
      return box.hg(repo, ['log', '-r', 'tip', '-T', '{node}']);
    }
  });
});

describe('patches of several commits', () => {
  const id = (digit: string) => digit.repeat(40);
  const patch = (name: string) =>
    `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n`;

  it('are told apart wherever the output was cut, and by no line of a file', () => {
    const text = `${id('a')}\n\n${patch('x')}-${id('f')}\n+new\n\n${id('b')}\n${patch('y')}+y\n`;
    for (const size of [1, 7, 40, 1_000]) {
      const splitter = new PatchSplitter(1_000);
      const bytes = Buffer.from(text);
      for (let start = 0; start < bytes.length; start += size)
        splitter.push(bytes.subarray(start, start + size));
      const [b, a, c] = splitter.of([id('b'), id('a'), id('c')]);
      expect(a?.text).toBe(`${patch('x')}-${id('f')}\n+new\n`);
      expect(b?.files.map(({ path }) => path)).toEqual(['y']);
      expect(c).toEqual({ files: [], text: '', truncated: false });
    }
  });
});

describe('a batch of files', () => {
  it('holds few bytes and few files, and all of them in order', () => {
    const files = [5, 50, 3, 3, 3, 9].map((size, index) => ({ path: String(index), size }));
    const batches = [...fileBatches(files, 10, { bytes: 10, files: 4 })];
    expect(batches.map(({ entries }) => entries.map(({ size }) => size))).toEqual([[5, 50, 3], [3, 3], [9]]);
    expect(batches.map(({ wanted }) => wanted.length)).toEqual([2, 2, 1]);
  });
});
