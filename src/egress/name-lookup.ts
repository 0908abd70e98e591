import { lookup, Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

export type Lookup = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

const TRIES = 2;

export interface NameLookupOptions {
  /** Names in it are found as everywhere on this machine. */
  readonly hostsFile?: string;
  /** `address:port` of name servers; without them those of the machine. */
  readonly servers?: readonly string[];
  /** Of one question; there are two, with some more time for the second. */
  readonly answerWithinMs?: number;
}

/**
 * Finds addresses without a thread. What the system's own lookup does not answer at once holds one of the few threads
 * that it shares with all others for many seconds, so that some names with silent servers would keep every name waiting.
 * Name servers are asked here; the system's lookup is left for what they do not know: the hosts file, search domains.
 * @see docs/adr/0018-names-are-looked-up-without-threads.md
 */
export function nameLookup(options: NameLookupOptions = {}): Lookup {
  const { hostsFile = '/etc/hosts', servers, answerWithinMs: timeout = 2_000 } = options;
  return async (name) => {
    if (await isListed(hostsFile, name)) return lookup(name, { all: true });
    // A new one each time reads the machine's present settings
    const resolver = new Resolver({ timeout, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const found = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled'
        ? answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 }))
        : [],
    );
    if (found.length > 0) return found;
    const silence = answers.find((answer) => answer.status === 'rejected' && isSilence(answer.reason));
    if (silence) throw (silence as PromiseRejectedResult).reason;
    return lookup(name, { all: true });
  };
}

const isSilence = (error: unknown) => (error as { code?: string }).code === 'ETIMEOUT';

async function isListed(hostsFile: string, name: string): Promise<boolean> {
  const text = await readFile(hostsFile, 'utf8').catch(() => '');
  return text.split('\n').some((line) =>
    line
      .replace(/#.*/, '')
      .trim()
      .split(/\s+/)
      .slice(1)
      .some((word) => word.toLowerCase() === name.toLowerCase()),
  );
}
