import type { Readable } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { findProgram } from '../find-program.js';
import { baseEnvironment } from '../process-environment.js';
import { openOutput } from '../process-stream.js';
import { VcsError } from '../vcs.js';

/** Compresses by the program of that name, as git itself would. @throws VcsError NOT_INSTALLED */
export async function bzip2(input: Readable, searchPath: string, signal?: AbortSignal): Promise<Readable> {
  const program = await findProgram('bzip2', searchPath);
  if (program === null) {
    input.destroy();
    throw new VcsError('NOT_INSTALLED', 'bzip2 is not installed on the server; ask for .tar.gz or .zip');
  }
  return openOutput(program, ['--compress', '--stdout'], {
    env: baseEnvironment(searchPath),
    signal,
    input,
    explain: (stderr) =>
      new VcsError('FAILED', 'the archive could not be compressed', cleanDiagnostics(stderr)),
  });
}
