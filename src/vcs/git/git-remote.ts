import { isIP } from 'node:net';
import { cleanDiagnostics } from '../diagnostics.js';
import { secretsOf, tooMuch, type Remote } from '../remote.js';
import { VcsError, type TransferProgress } from '../vcs.js';
import { checkedObjects } from './checked-objects.js';
import type { GitConfig } from './git-environment.js';

/** Seconds without a byte after which a transfer is given up. */
const STALLED_S = '60';

/** Settings of a transfer: dials only the checked addresses, follows nothing, shows the credentials to this host only, and looks at what comes. */
export function transferConfig(remote: Remote, egressProxy: URL | null): GitConfig {
  const config: (readonly [string, string])[] = [
    ...checkedObjects('fetch'),
    // One file, whose size can be limited
    ['fetch.unpackLimit', '1'],
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', STALLED_S],
    ['http.proxy', egressProxy?.href ?? ''],
  ];
  if (remote.addresses !== null && isIP(remote.hostname) === 0) {
    const addresses = remote.addresses.map(({ address, family }) =>
      family === 6 ? `[${address}]` : address,
    );
    config.push(['http.curloptResolve', `${remote.hostname}:${remote.port}:${addresses.join(',')}`]);
  }
  if (remote.credentials !== null) {
    const { username, password } = remote.credentials;
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    config.push([`http.${new URL(remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`]);
  }
  return config;
}

/**
 * Reads git's progress (`Receiving objects:  45% (9/20), ...`) off its standard error.
 * @returns whether the line says nothing about a failure
 */
export function progressReader(onProgress: (progress: TransferProgress) => void): (line: string) => boolean {
  return (line) => {
    const [, text, done, total] = PROGRESS.exec(line) ?? [];
    if (text !== undefined) onProgress({ done: Number(done), total: Number(total), text });
    return text !== undefined || CHATTER.some((pattern) => pattern.test(line));
  };
}

const PROGRESS = /^(?:remote: )?([A-Z][a-z ]{1,40}): +\d{1,3}% \((\d{1,15})\/(\d{1,15})\)/;
/** What else git says when it is not quiet: counts without a total, where it clones to, what became of each ref. */
const CHATTER = [
  /^(?:remote: )?[A-Z][a-z ]{1,40}: +\d+(?:, done\.)?$/,
  /^Cloning into /,
  /^(?!!|error|fatal|warning).* -> \S/,
];

/** Whoever writes the pack is ended at its largest size and says nothing; of everything else that stops it there is a word. */
const isCutOff = (stderr: string) =>
  /invalid index-pack output/.test(stderr) && stderr.match(/\b(?:error|fatal): /g)?.length === 1;

/** What a caller may know about a transfer that failed. */
export function transferFailure(stderr: string, remote: Remote | null, largest: number): VcsError {
  const detail = cleanDiagnostics(stderr, remote === null ? [] : secretsOf(remote));
  if (remote === null) return new VcsError('FAILED', 'the repository could not be copied', detail);
  if (isCutOff(stderr)) return tooMuch(largest, detail);
  return new VcsError('REMOTE_UNREACHABLE', reason(stderr), detail);
}

function reason(stderr: string): string {
  if (/could not read Username|Authentication failed|error: 40[13]\b/i.test(stderr)) {
    return 'the source refuses these credentials or asks for some';
  }
  if (/error: 3\d\d\b/.test(stderr)) return 'the source redirects elsewhere, which is not followed';
  if (/repository '.*' not found|error: 404\b|not valid: is this a git repository/i.test(stderr)) {
    return 'there is no git repository at the source';
  }
  if (/fsck error/i.test(stderr)) return 'the source holds objects that would lead its clients astray';
  if (/certificate/i.test(stderr)) return 'the certificate of the source is not trusted';
  if (/shallow/i.test(stderr)) return 'the source is a shallow repository';
  return 'the source cannot be reached';
}
