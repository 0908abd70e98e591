import { findProgram } from './find-program.js';

/** Memory of its own that a program may have; what it reads from files through the page cache does not count. */
const LARGEST_BYTES = 536_870_912;

/**
 * A program and its arguments, started so that it ends before it takes the machine's memory: some bytes of a repository
 * may describe more than there is room for. As it is where `prlimit` (util-linux, Linux only) is missing.
 */
export async function withinMemory(
  program: string,
  args: readonly string[],
  searchPath: string,
): Promise<[program: string, args: readonly string[]]> {
  const prlimit = await findProgram('prlimit', searchPath);
  return prlimit === null ? [program, args] : [prlimit, [`--data=${LARGEST_BYTES}`, '--', program, ...args]];
}
