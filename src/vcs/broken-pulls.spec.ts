import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RemoteServer } from '../../test/harness/remote-server.js';
import { hasHg, loopbackOpen, REPO_TYPES, skippedTitle, VcsSandbox } from '../../test/harness/vcs-sandbox.js';
import { inPullQuarantine } from './git/pull-quarantine.js';
import type { RepoType } from './vcs.js';
import { VersionControlService } from './version-control.service.js';

const vcs = new VersionControlService(loopbackOpen);
afterAll(() => Promise.all([vcs.close(), VcsSandbox.end()]));

const everything = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

/** More than any program reads at once. */
async function commitMuch(box: VcsSandbox, type: RepoType, repo: string): Promise<string> {
  const text = randomBytes(1_000_000).toString('base64');
  if (type === 'hg') {
    writeFileSync(join(repo, 'large'), text);
    return box.commit('hg', repo);
  }
  const from = box.git(repo, ['rev-parse', 'refs/heads/main']);
  const head = `commit refs/heads/main\ncommitter Con <con@example.com> 1700000000 +0000\ndata 4\nmuch\nfrom ${from}\n`;
  box.git(repo, ['fast-import', '--quiet'], `${head}M 100644 inline large\ndata ${text.length}\n${text}\n`);
  return box.git(repo, ['rev-parse', 'refs/heads/main']);
}

describe.each(REPO_TYPES)('a pull that is broken off', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const box = new VcsSandbox();
    const backend = vcs.backend(type);
    const source = box.path('served', 'source');
    const copy = box.path('copy');
    const at = type === 'git' ? 'source' : '';
    const root = type === 'git' ? box.path('served') : source;
    afterAll(() => box.remove());

    it('while half of it is there leaves nothing behind, and is made again later', async () => {
      await backend.create(source);
      const first = await box.commit(type, source);
      await backend.clone(copy, { path: source });
      const next = await commitMuch(box, type, source);
      const before = everything(copy);
      const server = await RemoteServer.start(type, root, { isHalf: true });
      const going = new AbortController();
      try {
        const pull = backend.pull(copy, { url: server.url(at) }, { signal: going.signal });
        const failure = pull.catch((error: unknown) => error);
        await vi.waitFor(() => expect(server.halves).toBe(1), { timeout: 20_000 });
        // What came is on disk by now
        await vi.waitFor(() => expect(everything(copy).length).toBeGreaterThan(before.length), {
          timeout: 20_000,
        });
        going.abort();
        expect(await failure).toMatchObject({ code: 'ABORTED' });
      } finally {
        await server.close();
      }
      // Mercurial rolls back by itself: names of its next transaction stay, and empty files
      const isLeft = (name: string) =>
        !before.includes(name) && !/\/journal\.\w+$/.test(name) && statSync(join(copy, name)).size > 0;
      await vi.waitFor(() => expect(everything(copy).filter(isLeft)).toEqual([]), { timeout: 10_000 });
      expect((await backend.lastChangeset(copy))?.rawId).toBe(first);
      await backend.pull(copy, { path: source });
      expect((await backend.lastChangeset(copy))?.rawId).toBe(next);
      expect(everything(copy).filter((name) => /journal|forgegate-pull/.test(name))).toEqual([]);
    });
  });
});

describe('what a pull of a gateway that died has left', () => {
  const box = new VcsSandbox();
  const repo = box.path('repo');
  const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  let dead: number;
  beforeAll(async () => {
    await vcs.backend('git').create(repo);
    const child = spawn('true');
    dead = child.pid ?? 0;
    await once(child, 'close');
  });
  afterAll(() => box.remove());

  const left = (owner: string) => {
    const directory = join(repo, `forgegate-pull-${owner}-1`);
    mkdirSync(join(directory, 'objects', 'pack'), { recursive: true });
    writeFileSync(join(directory, 'objects', 'pack', 'tmp_pack_1'), 'x');
    return directory;
  };
  const pull = () => inPullQuarantine(repo, async (gitDir) => mkdirSync(join(gitDir, 'objects')));

  it('goes with the next pull', async () => {
    const directory = left(`${machine}-${dead}`);
    await pull();
    expect(existsSync(directory)).toBe(false);
  });

  it('stays as long as a git works in it', async () => {
    const directory = left(`${machine}-${dead}`);
    box.git(directory, ['init', '--quiet', '--bare']);
    const git = spawn('git', ['unpack-objects'], { env: { ...process.env, GIT_DIR: directory } });
    await pull();
    expect(existsSync(directory)).toBe(true);
    git.kill('SIGKILL');
    await once(git, 'close');
    await pull();
    expect(existsSync(directory)).toBe(false);
  });

  it('stays as long as its gateway lives, and is told from what this one does', async () => {
    const living = left(`${machine}-${process.ppid}`);
    const own = left(`${machine}-${process.pid}`);
    await inPullQuarantine(repo, async (gitDir) => {
      mkdirSync(join(gitDir, 'objects'));
      await pull();
      expect(existsSync(gitDir)).toBe(true);
    });
    expect([living, own].map((directory) => existsSync(directory))).toEqual([true, false]);
  });

  it('of another machine goes when no pull lasts so long', async () => {
    const directory = left('0badcafe-1');
    const age = (hours: number) => {
      const at = new Date(Date.now() - hours * 3_600_000);
      utimesSync(directory, at, at);
    };
    age(23);
    await pull();
    expect(existsSync(directory)).toBe(true);
    age(25);
    await pull();
    expect(existsSync(directory)).toBe(false);
  });
});
