import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runningProcesses } from '../../test/harness/processes.js';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { WHOLE_BYTES } from './file-part.js';
import type { RepoType } from './vcs.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
const box = new VcsSandbox();
afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

const large = randomBytes(WHOLE_BYTES + 70_000);
/** Not valid as UTF-8, and with every byte in it. */
const small = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

async function commit(type: RepoType, tree: string, files: Record<string, Buffer | string>, message: string) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  if (type === 'hg') {
    await box.hg(tree, ['commit', '--addremove', '--quiet', '-m', message, '-u', 'Zoë <zoe@example.com>']);
    return box.hg(tree, ['log', '-r', '.', '-T', '{node}']);
  }
  const git = (...args: string[]) => box.git(join(tree, '.git'), ['--work-tree', tree, ...args]);
  git('add', '--all');
  git('-c', 'user.name=Zoë', '-c', 'user.email=zoe@example.com', 'commit', '--quiet', '-m', message);
  return git('rev-parse', 'HEAD');
}

const bytesOf = async (stream: Promise<Readable>) => Buffer.concat(await (await stream).toArray());
const textOf = async (stream: Promise<Readable>) => (await bytesOf(stream)).toString();

describe.each(REPO_TYPES)('what is read as a stream', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const backend = vcs.backend(type);
    const tree = box.path(`tree-${type}`);
    const repo = type === 'git' ? join(tree, '.git') : tree;
    let first: string;
    let second: string;
    beforeAll(async () => {
      if (type === 'git') box.git(repo, ['init', '--quiet', '--initial-branch=main', tree]);
      else await backend.create(repo);
      first = await commit(type, tree, { 'a b/small.bin': small, large, text: 'one\n' }, 'first');
      second = await commit(type, tree, { text: 'two\n', 'a b/small.bin': 'now text\n' }, 'Zweitens: ü');
    });

    it('is a file of any size', async () => {
      const huge = Buffer.alloc(17 * 1024 * 1024, 'huge');
      const id = await commit(type, tree, { huge }, 'huge');
      expect((await backend.fileEntry(repo, id, 'huge')).size).toBe(huge.length);
      expect(huge.equals(await bytesOf(backend.openFile(repo, id, 'huge')))).toBe(true);
    });

    it('is a file byte by byte, large or small', async () => {
      expect(await bytesOf(backend.openFile(repo, first, 'a b/small.bin'))).toEqual(small);
      expect((await bytesOf(backend.openFile(repo, second, '/large'))).equals(large)).toBe(true);
      expect(await backend.fileEntry(repo, first, 'large')).toMatchObject({ size: large.length });
    });

    it('is a part of a file', async () => {
      const part = (path: string, start: number, end: number) =>
        bytesOf(backend.openFile(repo, first, path, { range: { start, end } }));
      expect(await part('a b/small.bin', 3, 5)).toEqual(Buffer.from([3, 4, 5]));
      expect(await part('large', 0, 0)).toEqual(large.subarray(0, 1));
      const [start, end] = [WHOLE_BYTES - 9, large.length - 1];
      expect((await part('large', start, end)).equals(large.subarray(start))).toBe(true);
    });

    it('has ids that tell contents apart', async () => {
      const id = async (rawId: string, path: string) => (await backend.fileEntry(repo, rawId, path)).id;
      expect(await id(first, 'text')).toMatch(/^[0-9a-f]{40}$/);
      expect(await id(first, 'text')).toBe(await id(first, '/text'));
      expect(await id(first, 'text')).not.toBe(await id(second, 'text'));
      expect(await id(first, 'text')).not.toBe(await id(first, 'large'));
    });

    it.each(['', 'a b', 'nothing', '../text', 'a b/../text', '-text', 'set:text'])(
      'is no file at %j',
      async (path) => {
        await expect(backend.fileEntry(repo, first, path)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
        await expect(backend.openFile(repo, first, path)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
      },
    );

    it.each([
      ['zip', ['unzip', '-p']],
      ['tar.gz', ['tar', '-xzOf']],
      ['tar.bz2', ['tar', '-xjOf']],
    ] as const)('is an archive of the whole tree: %s', async (format, [program, ...args]) => {
      const file = box.path(`out.${format}`);
      writeFileSync(file, await bytesOf(backend.openArchive(repo, second, { format, prefix: 'proj-x' })));
      if (program === 'unzip') {
        const script =
          'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))';
        const out = execFileSync('python3', ['-c', script, file, 'proj-x/text']);
        expect(out.toString()).toBe('two\n');
        return;
      }
      expect(execFileSync(program, [...args, file, 'proj-x/text']).toString()).toBe('two\n');
    });

    it('is a difference that can be applied, of a first commit too', async () => {
      const from = box.path(`applied-${type}`);
      mkdirSync(from);
      for (const [before, after] of [
        [null, first],
        [first, second],
      ] as const) {
        writeFileSync(box.path('patch'), await bytesOf(backend.openDiff(repo, before, after)));
        execFileSync('git', ['apply', box.path('patch')], {
          cwd: from,
          env: { PATH: process.env.PATH, HOME: '/' },
        });
      }
      expect(readFileSync(join(from, 'text'), 'utf8')).toBe('two\n');
      expect(readFileSync(join(from, 'large')).equals(large)).toBe(true);
      rmSync(from, { recursive: true });
    });

    it('is a patch with author and message', async () => {
      const patch = await textOf(backend.openPatch(repo, second));
      expect(patch).toContain('zoe@example.com');
      expect(patch).toContain('+two');
      if (type === 'hg') expect(patch).toContain('# User Zoë <zoe@example.com>\n');
      else expect(patch).toMatch(/^From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\nFrom: /);
    });

    it('says what is missing before anything is sent', async () => {
      const missing = '1'.repeat(40);
      const failure = { code: 'REVISION_NOT_FOUND' };
      const archive = { format: 'zip', prefix: 'p' } as const;
      await expect(backend.openArchive(repo, missing, archive)).rejects.toMatchObject(failure);
      await expect(backend.openDiff(repo, first, missing)).rejects.toMatchObject(failure);
      await expect(backend.openPatch(repo, missing)).rejects.toMatchObject(failure);
    });

    it('waits for who reads, and ends with him', async () => {
      const stream = await backend.openFile(repo, first, 'large');
      const reading = () => runningProcesses().filter(({ parent }) => parent === process.pid).length;
      const running = reading();
      stream.destroy();
      await expect.poll(reading).toBe(running - 1);
    });

    it('ends when it is told to', async () => {
      const stop = new AbortController();
      const stream = await backend.openFile(repo, first, 'large', { signal: stop.signal });
      const failed = new Promise((resolve) => stream.once('error', resolve));
      stop.abort();
      expect(await failed).toMatchObject({ code: 'ABORTED' });
    });
  });
});
