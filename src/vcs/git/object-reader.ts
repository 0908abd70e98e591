import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { cleanDiagnostics } from '../diagnostics.js';
import { aborted, endGroup, spawnGroup } from '../process.js';
import { VcsError } from '../vcs.js';
import { ObjectStream, type GitAnswer } from './object-stream.js';

export interface ObjectRequest {
  command: 'info' | 'contents';
  /** A validated name: one line, no revision syntax of a user's. */
  object: string;
}

interface Batch {
  answers: GitAnswer[];
  wanted: number;
  settle: (error: VcsError | null) => void;
}

/** One `git cat-file --batch-command` of one repository. Takes one batch at a time, and answers it in few writes. */
export class ObjectReader {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly stream: ObjectStream;
  private readonly closed: Promise<unknown>;
  private batch: Batch | null = null;
  private diagnostics = '';
  /** Answers given in its life. */
  served = 0;
  /** No further batches may be given to it. */
  broken = false;

  constructor(program: string, env: Readonly<Record<string, string>>) {
    this.child = spawnGroup(program, ['cat-file', '--batch-command', '--buffer'], env);
    this.closed = once(this.child, 'close').catch(() => undefined);
    this.stream = new ObjectStream((answer) => this.take(answer));
    this.child.stdout.on('data', (chunk: Buffer) => {
      try {
        this.stream.push(chunk);
      } catch (cause) {
        this.fail(
          new VcsError('FAILED', 'an object of the repository cannot be read', String(cause), { cause }),
        );
      }
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.diagnostics = (this.diagnostics + chunk.toString('utf8')).slice(-4_000);
    });
    this.child.on('error', () => this.fail(new VcsError('FAILED', 'git could not be started')));
    this.child.on('close', () => this.fail(this.ended()));
  }

  read(requests: readonly ObjectRequest[], signal?: AbortSignal): Promise<GitAnswer[]> {
    if (signal?.aborted) return Promise.reject(aborted());
    if (requests.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const answers: GitAnswer[] = [];
      const onAbort = () => this.fail(aborted());
      const settle = (error: VcsError | null) => {
        signal?.removeEventListener('abort', onAbort);
        this.batch = null;
        if (error === null) resolve(answers);
        else reject(error);
      };
      this.batch = { answers, wanted: requests.length, settle };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.stream.expect(requests.map(({ command }) => command));
      this.child.stdin.write(
        `${requests.map(({ command, object }) => `${command} ${object}\n`).join('')}flush\n`,
      );
    });
  }

  /** Lets it end by itself, and makes it when it does not. */
  async end(): Promise<void> {
    this.broken = true;
    this.child.stdin.end();
    const timer = setTimeout(() => endGroup(this.child), 1_000);
    await this.closed;
    clearTimeout(timer);
  }

  private take(answer: GitAnswer): void {
    this.served += 1;
    if (this.batch === null) return;
    this.batch.answers.push(answer);
    if (this.batch.answers.length === this.batch.wanted) this.batch.settle(null);
  }

  private fail(error: VcsError): void {
    this.broken = true;
    endGroup(this.child);
    this.batch?.settle(error);
  }

  private ended(): VcsError {
    const detail = cleanDiagnostics(this.diagnostics);
    if (/not a git repository/i.test(detail)) {
      return new VcsError('REPOSITORY_MISSING', 'the git repository cannot be opened', detail);
    }
    return new VcsError('FAILED', 'git ended before it answered', detail);
  }
}
