import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandServer } from '../../src/vcs/hg/command-server.js';
import type { RepoType } from '../../src/vcs/vcs.js';

const PATH = process.env['PATH'] ?? '';
const GIT_ENV = {
  PATH,
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_COMMITTER_NAME: 'Con',
  GIT_COMMITTER_EMAIL: 'con@example.com',
};

export const hasHg = (() => {
  try {
    execFileSync('hg', ['--version'], { env: { PATH, HGRCPATH: '' }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Kinds of repository that this machine can test, and the title that says why one is left out. */
export const REPO_TYPES = ['git', 'hg'] as const;
export const skippedTitle = (type: RepoType) =>
  type === 'hg' && !hasHg ? 'hg (skipped: hg is not installed)' : type;

export interface NewCommit {
  branch?: string;
  message?: string;
  author?: string;
  file?: string;
}

/** A temporary directory with real repositories in it. */
export class VcsSandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'forgegate-vcs-'));
  private clock = 1_700_000_000;
  /** One for all sandboxes of a file: starting it takes longer than most tests. */
  private static hgServer: CommandServer | null = null;

  path(...components: string[]): string {
    return join(this.root, ...components);
  }

  git(repo: string, args: readonly string[], input = ''): string {
    return execFileSync('git', args, { env: { ...GIT_ENV, GIT_DIR: repo }, input, stdio: 'pipe' })
      .toString()
      .trim();
  }

  async hg(repo: string, args: readonly string[]): Promise<string> {
    VcsSandbox.hgServer ??= new CommandServer('hg', PATH);
    const { code, stdout, stderr } = await VcsSandbox.hgServer.run(['--cwd', repo, ...args]);
    if (code !== 0) throw new Error(`hg ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  /** A commit on top of the branch (git: made when missing, without a parent). Gives its id. */
  async commit(type: RepoType, repo: string, commit: NewCommit = {}): Promise<string> {
    this.clock += 60;
    return type === 'git' ? this.gitCommit(repo, commit) : this.hgCommit(repo, commit);
  }

  /** A branch (git) or named branch (hg) that starts at a commit. */
  async branchAt(type: RepoType, repo: string, branch: string, id: string): Promise<void> {
    if (type === 'git') {
      this.git(repo, ['update-ref', `refs/heads/${branch}`, id]);
      return;
    }
    await this.hg(repo, ['update', '--clean', '--quiet', '--rev', id]);
    await this.hg(repo, ['branch', '--quiet', branch]);
  }

  async tag(type: RepoType, repo: string, name: string, id: string): Promise<void> {
    if (type === 'git') this.git(repo, ['update-ref', `refs/tags/${name}`, id]);
    else await this.hg(repo, ['tag', '--local', '--rev', id, name]);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Once, after all tests of a file. */
  static async end(): Promise<void> {
    await VcsSandbox.hgServer?.end();
    VcsSandbox.hgServer = null;
  }

  private gitCommit(
    repo: string,
    { branch = 'main', message = 'work', author = 'Ann <ann@example.com>', file }: NewCommit,
  ) {
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const ref = `refs/heads/${branch}`;
    const from = this.git(repo, ['for-each-ref', '--format=%(objectname)', ref]);
    const lines = [
      `commit ${ref}`,
      `author ${author} ${this.clock - 30} +0000`,
      `committer Con <con@example.com> ${this.clock} +0000`,
      data(message) + (from === '' ? '' : `from ${from}\n`) + `M 100644 inline ${file ?? `f${this.clock}`}`,
      data(String(this.clock)),
    ];
    this.git(repo, ['fast-import', '--quiet', '--force'], lines.join('\n'));
    return this.git(repo, ['rev-parse', ref]);
  }

  private async hgCommit(
    repo: string,
    { branch, message = 'work', author = 'Ann <ann@example.com>', file }: NewCommit,
  ) {
    // A clone has no working copy yet, and a commit in it would start a history of its own.
    const isUnborn = (await this.hg(repo, ['log', '-r', '.', '-T', '{rev}'])) === '-1';
    if (isUnborn || (branch !== undefined && (await this.hg(repo, ['branch'])) !== branch)) {
      await this.hg(repo, ['update', '--clean', '--quiet', '--rev', branch ?? 'tip']);
    }
    const path = join(repo, file ?? `f${this.clock}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, String(this.clock));
    await this.hg(repo, [
      'commit',
      '--addremove',
      '--quiet',
      '-m',
      message,
      '-u',
      author,
      '-d',
      `${this.clock} 0`,
    ]);
    return this.hg(repo, ['log', '-r', '.', '-T', '{node}']);
  }
}

/** Settings under which loopback servers of a test may be reached, or may not. */
export const loopbackClosed = {
  allowPrivateNetworks: [],
  egressProxy: null,
  transferTimeoutMs: 60_000,
  maxPullBytes: 100_000_000,
};
export const loopbackOpen = { ...loopbackClosed, allowPrivateNetworks: ['127.0.0.0/8', '::1/128'] };
