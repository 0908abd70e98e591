import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../process.js';
import { mayWriteIn } from './git-processes.js';

/** `<prefix><machine>-<process of the gateway>-<any>`, in the directory of the repository. */
const PREFIX = 'forgegate-pull-';
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** No pull lasts so long: for those of other machines, which nobody sees here. */
const NO_PULL_MS = 86_400_000;
/** What makes the objects beside it findable comes last. */
const INDEX = '.idx';
/** Keeps a pack from being repacked as long as its git runs. */
const KEEP = '.keep';
const inUse = new Set<string>();

/**
 * Lets git fetch into a directory beside the objects of a repository, and stores what it brought when all of it is there:
 * a git that is killed leaves half a pack, which then is gone with the directory. What gateways that died left here before
 * goes too, as long as no program works in it.
 */
export async function inPullQuarantine<T>(path: string, use: (gitDir: string) => Promise<T>): Promise<T> {
  await clearPulls(path);
  const directory = join(path, `${PREFIX}${MACHINE}-${process.pid}-${randomUUID()}`);
  inUse.add(directory);
  try {
    await mkdir(directory);
    const result = await use(directory);
    await store(join(directory, 'objects'), join(path, 'objects'));
    return result;
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    inUse.delete(directory);
  }
}

/** What was left by gateways that died. */
export async function clearPulls(path: string): Promise<void> {
  for (const name of await readdir(path).catch(() => []))
    if (name.startsWith(PREFIX) && (await isLeft(path, name)))
      await rm(join(path, name), { recursive: true, force: true });
}

async function isLeft(path: string, name: string): Promise<boolean> {
  const directory = join(path, name);
  const [machine, owner] = name.slice(PREFIX.length).split('-');
  if (machine === MACHINE) {
    const pid = Number(owner);
    if (pid === process.pid ? inUse.has(directory) : isAlive(pid)) return false;
  } else {
    const found = await stat(directory).catch(() => null);
    if (found === null || Date.now() - found.mtimeMs < NO_PULL_MS) return false;
  }
  return !(await mayWriteIn([directory, join(await realpath(path), name)], Date.now()));
}

async function store(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true });
  const last = (name: string) => Number(name.endsWith(INDEX));
  for (const entry of entries.sort((one, other) => last(one.name) - last(other.name))) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target, { recursive: true });
      await store(source, target);
    } else if (!entry.name.endsWith(KEEP)) await rename(source, target);
  }
}
