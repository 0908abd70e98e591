import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const tryTo = promisify(execFile);

/** Of a worker or a child, unless its manifest says otherwise. */
export const DEFAULT_MEMORY_MB = 256;
/** What a runtime takes for itself (code, threads), beside what the plugin may use. */
const RUNTIME_MB = 192;

/** Nothing of the gateway's own environment: no database, no keys. */
export function plainEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: tmpdir(),
    HOME: '/nonexistent',
  };
}

/** Programs that stand before the child's own, and whether they take the network away from it. */
export interface Confinement {
  readonly prefix: readonly string[];
  readonly isOffline: boolean;
}

let tools: Promise<{ prlimit: boolean; unshare: readonly string[] | null }> | null = null;

/**
 * Limits that this machine can set: memory by `prlimit`, no network by `unshare`. Both replace themselves by the child,
 * so that its process is the one that was started. Looked for once.
 */
export async function confinement(memoryMb: number): Promise<Confinement> {
  tools ??= probe();
  const { prlimit, unshare } = await tools;
  const bytes = (memoryMb + RUNTIME_MB) * 1024 * 1024;
  return {
    prefix: [...(prlimit ? ['prlimit', `--data=${bytes}`, '--core=0'] : []), ...(unshare ?? [])],
    isOffline: unshare !== null,
  };
}

async function probe() {
  const works = (words: readonly string[]) =>
    tryTo(words[0] ?? '', [...words.slice(1), 'true'], { timeout: 5_000 }).then(
      () => true,
      () => false,
    );
  const asRoot = ['unshare', '--net'];
  const asUser = ['unshare', '--map-current-user', '--net'];
  const unshare = (await works(asRoot)) ? asRoot : (await works(asUser)) ? asUser : null;
  return { prlimit: await works(['prlimit', '--core=0']), unshare };
}
