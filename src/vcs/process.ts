import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { DiagnosticLines } from './diagnostic-lines.js';
import { VcsError } from './vcs.js';

export interface ProcessOptions {
  env: Readonly<Record<string, string>>;
  input?: string;
  signal?: AbortSignal | undefined;
  /** Standard output beyond this ends the child; 64 MiB unless given. Not counted with `onOutput`. */
  maxOutputBytes?: number;
  /** Takes standard output as it comes; `stdout` of the result is then empty. */
  onOutput?: (chunk: Buffer) => void;
  /** Looks at each line of standard error; what it takes (true) is not in `stderr`. */
  takesLine?: ((line: string) => boolean) | undefined;
  connect?: Connect | undefined;
}

/** Takes our end of the child's file descriptor 3, which exists only where somebody takes it. */
export type Connect = (channel: Duplex) => void;

export interface Finished {
  /** Null: ended by a signal. */
  code: number | null;
  stdout: Buffer;
  /** Raw: clean it before it goes anywhere. */
  stderr: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_DIAGNOSTICS_BYTES = 64 * 1024;
/** git removes its lock files on SIGTERM; what does not listen is killed. */
const GRACE_MS = 2_000;

export const aborted = () => new VcsError('ABORTED', 'the operation was stopped');

/** The outcome of the work, or the end of who waits for it, whichever comes first; the work goes on. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = () => {};
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([work, stopped]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** Child with a process group of its own, so that {@link endGroup} reaches its children too. Never a shell. */
export function spawnGroup(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  connect?: Connect,
): ChildProcessWithoutNullStreams {
  const options = { cwd: '/', env: { ...env }, detached: true } as const;
  const pipes = ['pipe', 'pipe', 'pipe'] as const;
  const child = spawn(program, [...args], { ...options, stdio: connect ? [...pipes, 'pipe'] : [...pipes] });
  // Who waits for its end hears of it; where there is no room for its pipes nobody gets so far
  child.on('error', () => undefined);
  connect?.(child.stdio[3] as Duplex);
  // A child that ends early closes its input; its exit code tells more than EPIPE.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Ends the child and everything it started. Safe to call again and after its end. */
export function endGroup(child: ChildProcessWithoutNullStreams): void {
  const { pid } = child;
  if (pid === undefined || hasClosed(child)) return;
  killGroup(pid, 'SIGTERM');
  const timer = setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE_MS);
  child.once('close', () => {
    clearTimeout(timer);
    // What it started may have let go of the pipes and still run.
    killGroup(pid, 'SIGKILL');
  });
}

/** Runs a program to its end. A failing exit code is an answer, not an error. */
export function run(program: string, args: readonly string[], options: ProcessOptions): Promise<Finished> {
  const { signal, onOutput, maxOutputBytes = MAX_OUTPUT_BYTES } = options;
  if (signal?.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const child = spawnGroup(program, args, options.env, options.connect);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let outputBytes = 0;
    let diagnosticsBytes = 0;
    let failure: VcsError | null = null;
    const stop = (error: VcsError) => {
      failure ??= error;
      endGroup(child);
    };
    const onAbort = () => stop(aborted());
    signal?.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      if (onOutput !== undefined) return onOutput(chunk);
      outputBytes += chunk.length;
      if (outputBytes > maxOutputBytes)
        stop(new VcsError('FAILED', 'the repository gave too large an answer'));
      else stdout.push(chunk);
    });
    const kept = (chunk: Buffer) => {
      diagnosticsBytes += chunk.length;
      if (diagnosticsBytes <= MAX_DIAGNOSTICS_BYTES) stderr.push(chunk);
    };
    const lines = options.takesLine && new DiagnosticLines(options.takesLine, kept);
    child.stderr.on('data', (chunk: Buffer) => (lines ? lines.push(chunk) : kept(chunk)));
    child.on('error', (cause) => {
      failure ??= new VcsError('NOT_INSTALLED', 'a version-control program could not be started', '', {
        cause,
      });
    });
    child.on('close', (code) => {
      signal?.removeEventListener('abort', onAbort);
      lines?.end();
      if (failure !== null) reject(failure);
      else resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
    });
    child.stdin.end(options.input ?? '');
  });
}

function hasClosed(child: ChildProcessWithoutNullStreams): boolean {
  const ended = child.exitCode !== null || child.signalCode !== null;
  return ended && child.stdout.destroyed && child.stderr.destroyed;
}

/** Whether there is such a process, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}
