import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { cleanDiagnostics } from '../diagnostics.js';
import { aborted, endGroup, spawnGroup, type Connect } from '../process.js';
import { VcsError } from '../vcs.js';
import { HgFrames, inputFrame, runCommandFrame, type HgFrame } from './command-frames.js';
import { CONFIGURATION, hgEnvironment } from './hg-environment.js';

export interface HgResult {
  code: number;
  stdout: string;
  /** Raw: clean it before it goes anywhere. */
  stderr: string;
}

/** One command: what it prints, what it asks for, and its end. */
export interface HgSession {
  output(data: Buffer): void;
  diagnostics(data: Buffer): void;
  /** It waits for at most so many bytes; {@link CommandServer.give} answers. */
  input(atMost: number): void;
  /** Exit code, or why there is none. */
  ended(outcome: number | VcsError): void;
}

/** What one server shall have that others do not. */
export interface ServerOptions {
  environment?: Readonly<Record<string, string>>;
  connect?: Connect;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * One `hg serve --cmdserver pipe`: 4 ms a command instead of 150 for a process. Takes one command at a time, on any
 * repository. Arguments travel through a pipe, so that `ps` never shows them.
 */
export class CommandServer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly frames: HgFrames;
  private readonly closed: Promise<unknown>;
  private running: HgSession | null = null;
  private greeted = false;
  private diagnostics = '';
  /** Commands given in its life. */
  served = 0;
  /** No further commands may be given to it. */
  broken = false;

  constructor(program: string, searchPath: string, { environment, connect }: ServerOptions = {}) {
    const env = { ...hgEnvironment(searchPath), ...environment };
    this.child = spawnGroup(program, [...CONFIGURATION, 'serve', '--cmdserver', 'pipe'], env, connect);
    this.closed = once(this.child, 'close').catch(() => undefined);
    this.frames = new HgFrames((frame) => this.take(frame));
    this.child.stdout.on('data', (chunk: Buffer) => {
      try {
        this.frames.push(chunk);
      } catch (cause) {
        this.fail(
          new VcsError('FAILED', 'Mercurial answered what is not understood', String(cause), { cause }),
        );
      }
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.diagnostics = (this.diagnostics + chunk.toString('utf8')).slice(-4_000);
    });
    this.child.on('error', () => this.fail(new VcsError('FAILED', 'Mercurial could not be started')));
    this.child.on('close', () => {
      this.fail(
        new VcsError('FAILED', 'Mercurial ended before it answered', cleanDiagnostics(this.diagnostics)),
      );
    });
  }

  /**
   * A failing exit code is an answer.
   * @param onOutput takes standard output as it comes; `stdout` of the result is then empty
   * @throws VcsError ABORTED (the server is ended then), FAILED
   */
  run(
    args: readonly string[],
    signal?: AbortSignal,
    onOutput: ((data: Buffer) => void) | null = null,
  ): Promise<HgResult> {
    if (signal?.aborted) return Promise.reject(aborted());
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    return new Promise((resolve, reject) => {
      const keep = (parts: Buffer[]) => (data: Buffer) => {
        bytes += data.length;
        if (bytes <= MAX_OUTPUT_BYTES) parts.push(data);
        else this.fail(new VcsError('FAILED', 'the repository gave too large an answer'));
      };
      const ended = (outcome: number | VcsError) => {
        if (outcome instanceof VcsError) return reject(outcome);
        const [out = '', err = ''] = [stdout, stderr].map((parts) => Buffer.concat(parts).toString('utf8'));
        resolve({ code: outcome, stdout: out, stderr: err });
      };
      const input = () => this.give(NOTHING);
      this.begin(args, { output: onOutput ?? keep(stdout), diagnostics: keep(stderr), input, ended }, signal);
    });
  }

  /** @param signal ends the server */
  begin(args: readonly string[], session: HgSession, signal?: AbortSignal): void {
    const onAbort = () => this.fail(aborted());
    signal?.addEventListener('abort', onAbort, { once: true });
    this.running = {
      ...session,
      ended(outcome) {
        signal?.removeEventListener('abort', onAbort);
        session.ended(outcome);
      },
    };
    this.served += 1;
    this.child.stdin.write(runCommandFrame(args));
  }

  /** The answer to a question for input; nothing says that there is no more. */
  give(data: Buffer): void {
    this.child.stdin.write(inputFrame(data));
  }

  /** Ends it in the middle of its command. */
  abandon(): void {
    this.fail(aborted());
  }

  /** Whether it may go on talking, or waits until its client has caught up. */
  hold(isHeld: boolean): void {
    if (isHeld) this.child.stdout.pause();
    else this.child.stdout.resume();
  }

  /** Lets it end by itself, and makes it when it does not. */
  async end(): Promise<void> {
    this.broken = true;
    this.child.stdin.end();
    const timer = setTimeout(() => endGroup(this.child), 1_000);
    await this.closed;
    clearTimeout(timer);
  }

  private take(frame: HgFrame): void {
    if (!this.greeted) {
      this.greeted = true;
      return;
    }
    const { running } = this;
    switch (frame.kind) {
      case 'input':
        return running ? running.input(frame.atMost) : this.give(NOTHING);
      case 'output':
        return running?.output(frame.data);
      case 'error':
        return running?.diagnostics(frame.data);
      case 'result':
        return this.settle(frame.code);
    }
  }

  private fail(error: VcsError): void {
    this.broken = true;
    // It closes only when what it said is read
    this.hold(false);
    endGroup(this.child);
    this.settle(error);
  }

  private settle(outcome: number | VcsError): void {
    const { running } = this;
    this.running = null;
    running?.ended(outcome);
  }
}
