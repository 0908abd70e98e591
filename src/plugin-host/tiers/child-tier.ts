import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LineChannel } from '../remote/line-channel.js';
import { Supervisor, type RemoteProcess } from '../remote/supervisor.js';
import { builtModule, SDK_URLS } from '../sdk-resolution.js';
import { confinement, DEFAULT_MEMORY_MB, plainEnvironment, type Confinement } from './limits.js';
import { logLines } from './log-lines.js';
import { entryOf } from './process-tier.js';
import type { RunningPlugin, TierPlugin } from './tier.js';

/** After its input was closed, and before it is killed. */
const GRACE_MS = 500;

/** In a process of its own, in any language: it speaks JSON-RPC 2.0, a line a message, on standard input and output. */
export async function loadInChild(plugin: TierPlugin): Promise<RunningPlugin> {
  const { manifest } = plugin;
  const memoryMb = manifest?.memoryMb ?? DEFAULT_MEMORY_MB;
  const command = manifest?.command ?? (await nodeCommand(plugin, memoryMb));
  const limits = await confinement(memoryMb);
  const supervisor = new Supervisor(plugin, async () => startChild(plugin, command, limits));
  await supervisor.begin();
  return supervisor;
}

async function nodeCommand({ source, manifest }: TierPlugin, memoryMb: number): Promise<string[]> {
  const entry = await entryOf(source.path ?? '', manifest?.entry);
  const main = fileURLToPath(builtModule('plugin-host/remote/child-main.js'));
  return [process.execPath, `--max-old-space-size=${memoryMb}`, main, entry, JSON.stringify(SDK_URLS)];
}

function startChild(
  { source, log }: TierPlugin,
  command: readonly string[],
  { prefix, isOffline }: Confinement,
): RemoteProcess {
  const [program = '', ...args] = [...prefix, ...command];
  const child = spawn(program, args, {
    cwd: source.path ?? '/',
    env: plainEnvironment(),
    detached: true,
    stdio: 'pipe',
  });
  logLines(child.stderr, (line) => log.warn(line));
  let failure: string | null = null;
  child.on('error', (error) => (failure = `its program does not start: ${error.message}`));
  const channel = new LineChannel(child.stdout, child.stdin, (reason) => {
    failure ??= reason;
    killGroup(child, 'SIGKILL');
  });
  const closed = once(child, 'close').catch(() => [null, null]) as Promise<[number | null, string | null]>;
  return {
    channel,
    isOffline,
    ended: closed.then(([code, signal]) => failure ?? endOf(command, code, signal)),
    kill: () => end(child, closed),
  };
}

/** What a program that stands before it, or a shell, says of one that is not there. */
const NOT_FOUND = 127;

const endOf = ([program]: readonly string[], code: number | null, signal: string | null) =>
  code === NOT_FOUND
    ? `its program does not start: is ${program} there?`
    : `its process ended with ${signal ?? `code ${code}`}`;

/** A closed input asks it to end; what does not listen is killed, with everything that it started. */
async function end(child: ChildProcessWithoutNullStreams, closed: Promise<unknown>): Promise<void> {
  child.stdin.end();
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  await closed;
  clearTimeout(timer);
  killGroup(child, 'SIGKILL');
}

function killGroup({ pid }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}
