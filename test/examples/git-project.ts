import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const FIRST_COMMIT = Date.UTC(2026, 2, 5, 8, 0, 0) / 1000;
const MINUTES_BETWEEN = 10;

/** A developer's clone whose commits have the same hash in every run: authors and times are fixed. */
export class GitProject {
  private readonly directory = mkdtempSync(join(tmpdir(), 'forgegate-examples-'));
  private commits = 0;

  /** @param remote directory of a repository of the gateway, empty or not */
  constructor(private readonly remote: string) {
    this.git('init', '-q');
    this.git('checkout', '-q', '-b', 'main');
  }

  /** Commits on a branch, which is made where the clone stands when it is new, and pushes it. @returns the hash */
  push(branch: string, message: string, files: Readonly<Record<string, string>>): string {
    const isBorn = this.commits > 0;
    const isNew = isBorn && this.git('branch', '--list', branch) === '';
    if (isBorn) this.git('checkout', '-q', ...(isNew ? ['-b'] : []), branch);
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message);
    this.commits += 1;
    this.git('push', '-q', this.remote, branch);
    return this.git('rev-parse', 'HEAD');
  }

  /** Commits, directories and files of all that was committed. */
  hashes(): string[] {
    return this.git('rev-list', '--objects', '--all')
      .split('\n')
      .map((line) => line.slice(0, 40));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private git(...args: string[]): string {
    const date = `${FIRST_COMMIT + this.commits * MINUTES_BETWEEN * 60} +0000`;
    const env = {
      PATH: process.env.PATH,
      HOME: this.directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada Lovelace',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Ada Lovelace',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_COMMITTER_DATE: date,
    };
    return execFileSync('git', args, {
      cwd: this.directory,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }
}
