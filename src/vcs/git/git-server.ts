import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { endGroup, spawnGroup } from '../process.js';
import type { Receiving } from '../receiving.js';
import { Tool } from '../tool.js';
import { checkedObjects } from './checked-objects.js';
import { GIT_TOOL } from './git-command.js';
import { gitEnvironment, type GitConfig } from './git-environment.js';
import { quarantinesOf } from './git-processes.js';
import { StaleLocks } from './stale-locks.js';

export type GitService = 'upload-pack' | 'receive-pack';

export interface GitConversation {
  readonly service: GitService;
  /** Absolute directory of the repository. */
  readonly path: string;
  /** Only tells what refs there are. */
  readonly advertise: boolean;
  /** What the client's `Git-Protocol` asks for; the oldest version unless given. */
  readonly version?: '1' | '2' | undefined;
  /** Where a push is reported to, and in whose name. */
  readonly push?: { receiving: Receiving; username: string } | undefined;
}

/** git, talking with a client: `input` takes the decoded request, `output` is the answer. */
export interface GitProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Never rejects. `diagnostics` are clean. */
  readonly ended: Promise<{ code: number | null; diagnostics: string }>;
  /** Kills it with everything that it started; a push that has not begun to change refs then changes nothing. */
  stop(): void;
}

const KEPT_DIAGNOSTICS = 4_000;

/** Refs of ours: whoever may read sees the heads of pull requests, nobody pushes to them. */
const OURS = 'refs/pull';

const SERVED: GitConfig = [
  // What is larger goes to disk as it comes, and not through memory
  ['core.bigFileThreshold', '64m'],
  ['uploadpack.allowFilter', 'true'],
  // Version 2 of the protocol gives whatever is in the repository; without it older clients get no files after a
  // partial clone
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ...checkedObjects('receive'),
  ['receive.denyNonFastForwards', 'false'],
  ['receive.denyDeletes', 'false'],
  ['receive.autogc', 'false'],
  ['receive.hideRefs', OURS],
];

/** Starts the programs that git clients talk with. */
export class GitServer {
  private readonly tool: Tool;

  /** @param maxPushBytes of one pack; @param searchPath of the programs; the machine's unless given */
  constructor(
    private readonly maxPushBytes: number,
    searchPath?: string,
    private readonly locks = new StaleLocks(),
  ) {
    this.tool = new Tool(GIT_TOOL, searchPath);
  }

  /** @throws VcsError NOT_INSTALLED */
  async start({ service, path, advertise, version, push }: GitConversation): Promise<GitProcess> {
    const program = await this.tool.require();
    if (push) await this.locks.clear(path);
    const args = [service, '--stateless-rpc', ...(advertise ? ['--http-backend-info-refs'] : []), path];
    const config: GitConfig = [
      ...SERVED,
      ['receive.maxInputSize', String(this.maxPushBytes)],
      ...(push?.receiving.gitConfig ?? []),
    ];
    const identity = push && { name: push.username, email: `${push.username}@localhost` };
    const environment = {
      ...gitEnvironment(this.tool.searchPath, { gitDir: path, config, ...(identity && { identity }) }),
      ...(version && { GIT_PROTOCOL: `version=${version}` }),
      ...push?.receiving.environment,
    };
    const child = spawnGroup(
      program,
      args,
      environment,
      push && ((channel) => push.receiving.connect(channel)),
    );
    let diagnostics = '';
    child.stderr.on('data', (chunk: Buffer) => {
      diagnostics = (diagnostics + chunk.toString('utf8')).slice(-KEPT_DIAGNOSTICS);
    });
    const ended = once(child, 'close').then(
      ([code]) => ({ code: code as number | null, diagnostics: cleanDiagnostics(diagnostics) }),
      (error: unknown) => ({ code: null, diagnostics: cleanDiagnostics(String(error)) }),
    );
    if (push) return { input: child.stdin, output: child.stdout, ...stoppedTidily(child, path, ended) };
    return {
      input: child.stdin,
      output: child.stdout,
      ended,
      stop: () => endGroup(child),
    };
  }
}

/** git that is killed leaves what it had received; which directory that is, only what it started knows. */
function stoppedTidily(
  child: ChildProcessWithoutNullStreams,
  path: string,
  ended: GitProcess['ended'],
): Pick<GitProcess, 'ended' | 'stop'> {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    const left = await quarantinesOf(child.pid ?? 0, path);
    endGroup(child);
    await ended;
    for (const directory of left) await rm(directory, { recursive: true, force: true });
  };
  return {
    stop: () => void (stopping ??= stop().catch(() => undefined)),
    ended: ended.then(async (end) => {
      await stopping;
      return end;
    }),
  };
}
