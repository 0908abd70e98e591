import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether Mercurial is here; tests that need it say so in their name when it is not. */
export const hasHg = (() => {
  try {
    execFileSync('hg', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export const CLIENT_ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  HGRCPATH: '',
  HGPLAIN: '1',
  HGUSER: 'Ada <ada@example.com>',
};

export function run(program: 'git' | 'hg', cwd: string, ...args: string[]): string {
  return execFileSync(program, args, {
    cwd,
    env: CLIENT_ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A work tree of one's own that pushes into a repository of the gateway, as a developer's clone would. */
export class WorkTree {
  private constructor(
    readonly type: 'git' | 'hg',
    readonly directory: string,
    private readonly remote: string,
  ) {}

  static clone(type: 'git' | 'hg', remote: string): WorkTree {
    const directory = mkdtempSync(join(tmpdir(), 'forgegate-tree-'));
    run(type, directory, 'clone', '-q', remote, '.');
    if (type === 'git') run('git', directory, 'checkout', '-q', '-B', 'main');
    return new WorkTree(type, directory, remote);
  }

  /** @returns the new commit's 40 hex digits */
  commit(file: string, text: string, message: string): string {
    writeFileSync(join(this.directory, file), text);
    if (this.type === 'git') {
      run('git', this.directory, 'add', '-A');
      run('git', this.directory, 'commit', '-q', '-m', message);
      return run('git', this.directory, 'rev-parse', 'HEAD');
    }
    run('hg', this.directory, 'commit', '-q', '-A', '-m', message);
    return run('hg', this.directory, 'log', '-r', '.', '-T', '{node}');
  }

  /** A new branch from where the tree stands. */
  branch(name: string): void {
    if (this.type === 'git') run('git', this.directory, 'checkout', '-q', '-b', name);
    else run('hg', this.directory, 'branch', '-q', name);
  }

  /** A branch that the repository of the gateway has. */
  switchTo(name: string): void {
    if (this.type === 'git') run('git', this.directory, 'checkout', '-q', '-B', name, `origin/${name}`);
    else run('hg', this.directory, 'update', '-q', '--clean', name);
  }

  push(): void {
    if (this.type === 'git') run('git', this.directory, 'push', '-q', this.remote, '--all');
    else run('hg', this.directory, 'push', '-q', '--new-branch', '-f', this.remote);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
