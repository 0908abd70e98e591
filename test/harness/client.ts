import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a real git or hg printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person with git and Mercurial, in a directory of his own; nothing of the machine's configuration counts. */
export class Client {
  readonly directory = mkdtempSync(join(tmpdir(), 'forgegate-client-'));
  private readonly env: Record<string, string>;

  constructor(more: Record<string, string> = {}) {
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.directory,
      LC_ALL: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      HGRCPATH: '',
      HGPLAIN: '1',
      HGUSER: 'Ada <ada@example.com>',
      ...more,
    };
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  write(file: string, content: string | Buffer): void {
    writeFileSync(this.path(file), content);
  }

  /** Runs it below the directory, whatever comes of it. */
  try(
    program: 'git' | 'hg',
    at: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Ran> {
    return new Promise((resolve) => {
      const options = { cwd: this.path(at), env: { ...this.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
      execFile(program, [...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout: stdout.trim(), stderr: stderr.trim() });
      });
    });
  }

  /** Standard output of what must succeed. */
  async run(program: 'git' | 'hg', at: string, args: readonly string[], env?: Record<string, string>) {
    const { code, stdout, stderr } = await this.try(program, at, args, env);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }

  git(at: string, ...args: string[]): Promise<string> {
    return this.run('git', at, args);
  }

  hg(at: string, ...args: string[]): Promise<string> {
    return this.run('hg', at, args);
  }

  /** A commit that changes one file. @returns its 40 hex digits */
  async commit(program: 'git' | 'hg', at: string, file: string, content: string | Buffer): Promise<string> {
    this.write(join(at, file), content);
    if (program === 'hg') {
      await this.hg(at, 'commit', '-A', '-m', `change ${file}`);
      return this.hg(at, 'log', '-r', '.', '-T', '{node}');
    }
    await this.git(at, 'add', '-A');
    await this.git(at, 'commit', '-q', '-m', `change ${file}`);
    return this.git(at, 'rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The address of a repository with credentials in it. */
export function addressOf(gateway: { url: string }, repo: string, user?: string, secret?: string): string {
  const url = new URL(`${gateway.url}/${repo}`);
  if (user !== undefined) url.username = encodeURIComponent(user);
  if (secret !== undefined) url.password = encodeURIComponent(secret);
  return url.href;
}
