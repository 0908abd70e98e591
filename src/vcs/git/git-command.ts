import type { Readable } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { ofFiles, ofMemory, type Limit } from '../process-limits.js';
import { openOutput } from '../process-stream.js';
import { run, type Connect, type Finished } from '../process.js';
import type { Tool } from '../tool.js';
import { VcsError } from '../vcs.js';
import { gitEnvironment, type GitInvocation } from './git-environment.js';
import { StaleLocks } from './stale-locks.js';

export const GIT_TOOL = {
  program: 'git',
  title: 'git',
  minimum: [2, 38],
  missing: 'git is not installed on the server',
} as const;

export interface GitCall extends GitInvocation {
  input?: string;
  signal?: AbortSignal | undefined;
  onOutput?: (chunk: Buffer) => void;
  takesLine?: ((line: string) => boolean) | undefined;
  connect?: Connect | undefined;
  /** Bytes of a file that it writes; more ends it. */
  largestFile?: number | undefined;
}

/** Keep in memory what they tell before they tell it, or a list of it: a tree of trees may name more files than that holds. */
const KEEPING = new Set(['archive', 'diff-tree']);

/** Starts git. The values of users must stand behind `--end-of-options` in the arguments. */
export class GitCommand {
  constructor(
    readonly tool: Tool,
    private readonly locks = new StaleLocks(),
  ) {}

  /** @throws VcsError NOT_INSTALLED, ABORTED */
  async run(args: readonly string[], call: GitCall): Promise<Finished> {
    return run(...(await this.started(args, call)), {
      ...call,
      env: gitEnvironment(this.tool.searchPath, call),
    });
  }

  /** Standard output of a call that must succeed; `explain` may know better what a failure means. */
  async output(
    args: readonly string[],
    call: GitCall,
    explain?: (stderr: string) => VcsError | null,
  ): Promise<string> {
    let { code, stdout, stderr } = await this.run(args, call);
    // What finds a lock has changed nothing yet
    while (code !== 0 && call.gitDir && (await this.locks.clearNamed(stderr, call.gitDir)))
      ({ code, stdout, stderr } = await this.run(args, call));
    if (code === 0) return stdout.toString('utf8');
    throw explain?.(stderr) ?? failed(stderr);
  }

  /** The same as a stream, for what may be large. */
  async open(
    args: readonly string[],
    call: GitInvocation & Pick<GitCall, 'signal' | 'largestFile'>,
    explain?: (stderr: string) => VcsError | null,
  ): Promise<Readable> {
    return openOutput(...(await this.started(args, call)), {
      env: gitEnvironment(this.tool.searchPath, call),
      signal: call.signal,
      explain: (stderr) => explain?.(stderr) ?? failed(stderr),
    });
  }

  private async started(
    args: readonly string[],
    { largestFile }: Pick<GitCall, 'largestFile'>,
  ): Promise<[program: string, args: readonly string[]]> {
    const program = await this.tool.require();
    const [first = program, ...others] = [...(await this.limit(args, largestFile)), program, ...args];
    return [first, others];
  }

  private async limit([command = '']: readonly string[], largestFile: number | undefined): Promise<Limit> {
    const { searchPath } = this.tool;
    if (KEEPING.has(command)) return ofMemory(searchPath);
    return largestFile === undefined ? [] : ofFiles(largestFile, searchPath);
  }
}

function failed(stderr: string): VcsError {
  if (/out of memory|over limit/i.test(stderr))
    return new VcsError('FAILED', 'this is too large to be read', cleanDiagnostics(stderr));
  if (/not a git repository/i.test(stderr)) {
    return new VcsError(
      'REPOSITORY_MISSING',
      'the git repository cannot be opened',
      cleanDiagnostics(stderr),
    );
  }
  return new VcsError('FAILED', 'git could not do this', cleanDiagnostics(stderr));
}
