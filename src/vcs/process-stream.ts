import { Readable } from 'node:stream';
import { aborted, endGroup, spawnGroup } from './process.js';
import { VcsError } from './vcs.js';

export interface StreamOptions {
  env: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** What the program reads; nothing unless given. */
  input?: Readable;
  /** What a failing exit code means. @param stderr raw */
  explain: (stderr: string) => VcsError;
}

const MAX_DIAGNOSTICS_BYTES = 64 * 1024;

/**
 * Standard output of a program as it comes; who reads slowly slows the program down. Destroying the stream ends the
 * program and all that it started. Resolves with the first output, so that a failure before it is an error here and not
 * a broken stream.
 * @throws VcsError ABORTED, NOT_INSTALLED, or what `explain` says
 */
export function openOutput(
  program: string,
  args: readonly string[],
  { env, signal, input, explain }: StreamOptions,
): Promise<Readable> {
  if (signal?.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const child = spawnGroup(program, args, env);
    let stderr = '';
    const output = new Readable({
      read: () => void child.stdout.resume(),
      destroy: (error, done) => {
        signal?.removeEventListener('abort', onAbort);
        endGroup(child);
        child.stdout.destroy();
        input?.destroy();
        done(error);
      },
    });
    const onAbort = () => output.destroy(aborted());
    signal?.addEventListener('abort', onAbort, { once: true });
    // Whoever got the stream listens too; before that, this is what the promise is rejected with.
    output.on('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      if (!output.push(chunk)) child.stdout.pause();
      resolve(output);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < MAX_DIAGNOSTICS_BYTES) stderr += chunk.toString('utf8');
    });
    child.on('error', (cause) =>
      output.destroy(
        new VcsError('NOT_INSTALLED', 'a version-control program could not be started', '', { cause }),
      ),
    );
    child.on('close', (code) => {
      if (output.destroyed) return;
      if (code !== 0) return void output.destroy(explain(stderr));
      output.push(null);
      resolve(output);
    });
    if (input === undefined) return void child.stdin.end();
    input.on('error', (error) => output.destroy(error));
    input.pipe(child.stdin);
  });
}
