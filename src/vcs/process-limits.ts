import { findProgram } from './find-program.js';

/** Memory of its own that a program may have; what it reads from files through the page cache does not count. */
const LARGEST_BYTES = 536_870_912;

/** What stands in front of a program and its arguments; empty where `prlimit` (util-linux, Linux only) is missing. */
export type Limit = readonly string[];

/** Ends a program before it takes the machine's memory: some bytes of a repository may describe more than there is room for. */
export const ofMemory = (searchPath: string): Promise<Limit> => limit(`--data=${LARGEST_BYTES}`, searchPath);

/** Ends a program before a file that it writes takes the machine's disk. */
export const ofFiles = (bytes: number, searchPath: string): Promise<Limit> =>
  limit(`--fsize=${bytes}`, searchPath);

async function limit(option: string, searchPath: string): Promise<Limit> {
  const prlimit = await findProgram('prlimit', searchPath);
  return prlimit === null ? [] : [prlimit, option, '--'];
}
