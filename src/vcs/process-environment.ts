import { tmpdir } from 'node:os';

/** PATH belongs to the machine and not to the settings: programs are looked up where the gateway itself was. */
export const MACHINE_PATH = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

/**
 * Environment of every child, made from scratch, so that nothing of the gateway's own (secrets, proxies, user
 * configuration) reaches a child. HOME is no directory: no netrc, no dot files.
 */
export function baseEnvironment(path: string): Record<string, string> {
  return {
    PATH: path,
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    TMPDIR: tmpdir(),
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}
