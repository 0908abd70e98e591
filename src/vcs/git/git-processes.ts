import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Name of the directory where git keeps the objects of a push until it has checked them. */
export const QUARANTINE = 'tmp_objdir-';
const VARIABLE = 'GIT_QUARANTINE_PATH=';

/** Commands that write no refs, and may run for long. */
const READERS = new Set([
  'archive',
  'cat-file',
  'diff',
  'diff-tree',
  'for-each-ref',
  'log',
  'rev-list',
  'show',
  'upload-pack',
]);
/** Linux tells times of processes in hundredths of a second since the machine started. */
const TICKS_PER_SECOND = 100;
/** For clocks that are told in steps. */
const SLACK_MS = 2_000;

/**
 * Whether a git of this machine that was there at a time may write in one of the directories. True also when that cannot
 * be found out: on other systems than Linux, and for processes of others.
 * @param at Unix milliseconds
 */
export async function mayWriteIn(directories: readonly string[], at: number): Promise<boolean> {
  try {
    const startedAt = Date.now() - Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) * 1000;
    for (const pid of await readdir('/proc'))
      if (/^\d+$/.test(pid) && (await mayBeWriter(`/proc/${pid}`, directories, at - startedAt))) return true;
    return false;
  } catch {
    return true;
  }
}

/**
 * Where the programs of a process group keep objects that are not stored yet. Empty also where that cannot be found out.
 * @param group id of the process that leads it @param gitDir absolute
 */
export async function quarantinesOf(group: number, gitDir: string): Promise<string[]> {
  const processes = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    processes.filter((pid) => /^\d+$/.test(pid)).map((pid) => quarantineOf(`/proc/${pid}`, group)),
  );
  const objects = join(await realpath(gitDir), 'objects');
  const directories = new Set(found.filter((directory) => directory !== null).map((each) => resolve(each)));
  return [...directories].filter(
    (directory) => dirname(directory) === objects && basename(directory).startsWith(QUARANTINE),
  );
}

async function quarantineOf(process: string, group: number): Promise<string | null> {
  try {
    const status = await readFile(`${process}/stat`, 'utf8');
    const [, , ofProcess] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (Number(ofProcess) !== group) return null;
    const environment = (await readFile(`${process}/environ`, 'utf8')).split('\0');
    return environment.find((each) => each.startsWith(VARIABLE))?.slice(VARIABLE.length) ?? null;
  } catch {
    // It has ended meanwhile, or is somebody else's
    return null;
  }
}

/** @param at milliseconds since the machine started */
async function mayBeWriter(process: string, directories: readonly string[], at: number): Promise<boolean> {
  try {
    // The name of the program stands in brackets and may hold anything
    const status = await readFile(`${process}/stat`, 'utf8');
    const name = status.slice(status.indexOf('(') + 1, status.lastIndexOf(')'));
    if (!name.startsWith('git')) return false;
    const [state, ...rest] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const begunAt = (Number(rest[18]) / TICKS_PER_SECOND) * 1000;
    if (state === 'Z' || begunAt > at + SLACK_MS) return false;
    const args = (await readFile(`${process}/cmdline`, 'utf8')).split('\0');
    if (READERS.has(args.slice(1).find((arg) => !arg.startsWith('-')) ?? '')) return false;
    const environment = (await readFile(`${process}/environ`, 'utf8')).split('\0');
    const place = await readlink(`${process}/cwd`);
    return (
      args.some((arg) => arg.startsWith('--git-dir')) ||
      directories.some(
        (directory) =>
          environment.includes(`GIT_DIR=${directory}`) ||
          args.includes(directory) ||
          place === directory ||
          place.startsWith(directory + sep),
      )
    );
  } catch (error) {
    // It has ended meanwhile
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return false;
    throw error;
  }
}
