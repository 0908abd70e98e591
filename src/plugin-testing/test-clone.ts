import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { baseEnvironment, MACHINE_PATH } from '../vcs/process-environment.js';
import type { TestRepository } from './test-gateway.js';

const run = promisify(execFile);
const ENVIRONMENT = {
  ...baseEnvironment(MACHINE_PATH),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada Lovelace',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Lovelace',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

export interface Pusher {
  readonly username: string;
  readonly key: string;
}

/** A developer's clone of one repository of the gateway. */
export class TestClone implements TestRepository {
  private constructor(
    readonly repo_id: number,
    readonly repo_name: string,
    private readonly url: string,
    private readonly owner: Pusher,
    readonly directory: string,
  ) {}

  /** @param url of the gateway, without a path */
  static async open(
    repo: { repo_id: number; repo_name: string },
    url: string,
    owner: Pusher,
  ): Promise<TestClone> {
    const directory = await mkdtemp(join(tmpdir(), 'forgegate-clone-'));
    const clone = new TestClone(repo.repo_id, repo.repo_name, url, owner, directory);
    await clone.git('init', '-q', '-b', 'main');
    return clone;
  }

  async push(...[files, options = {}]: Parameters<TestRepository['push']>): Promise<string> {
    const { message = 'Change files', branch = 'main', as = this.owner, force = false } = options;
    const before = await this.git('rev-parse', '-q', '--verify', 'HEAD').catch(() => null);
    await this.switchTo(branch, force);
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await this.git('add', '-A');
    await this.git('commit', '-q', '--allow-empty', '-m', message);
    try {
      const more = force ? ['--force'] : [];
      await this.git('push', '-q', ...more, this.address(as), `HEAD:refs/heads/${branch}`);
    } catch (error) {
      // The next push does not bring again what was refused
      if (before === null) await this.git('update-ref', '-d', 'HEAD');
      else await this.git('reset', '-q', '--hard', 'HEAD~1');
      throw new Error(String((error as { stderr?: string }).stderr ?? error).replaceAll(as.key, '***'), {
        cause: error,
      });
    }
    return this.git('rev-parse', 'HEAD');
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private async switchTo(branch: string, force: boolean): Promise<void> {
    const born = await this.git('branch', '--list', '--format=%(refname:short)');
    if (born === '') return void (await this.git('symbolic-ref', 'HEAD', `refs/heads/${branch}`));
    if (force) {
      const [root = 'HEAD'] = (await this.git('rev-list', '--max-parents=0', 'main')).split('\n');
      await this.git('checkout', '-q', '-B', branch, root);
    } else if (born.split('\n').includes(branch)) await this.git('checkout', '-q', branch);
    else await this.git('checkout', '-q', '-b', branch);
  }

  private address({ username, key }: Pusher): string {
    const url = new URL(`${this.url}/${this.repo_name}`);
    url.username = username;
    url.password = key;
    return url.href;
  }

  private async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', args, { cwd: this.directory, env: ENVIRONMENT });
    return stdout.trim();
  }
}
