import {
  AddressRefusedError,
  resolveChecked,
  type AddressPolicy,
  type CheckedAddress,
} from '../egress/address-policy.js';
import { orAborted } from './process.js';
import { VcsError, type LocalSource, type OperationOptions, type RemoteSource } from './vcs.js';

export interface Credentials {
  username: string;
  password: string;
}

/** A remote that may be dialled. */
export interface Remote {
  /** Without credentials. */
  url: string;
  protocol: 'http:' | 'https:';
  /** Without brackets. */
  hostname: string;
  port: number;
  credentials: Credentials | null;
  /** The only addresses that may be dialled; null: the egress proxy resolves and checks the name. */
  addresses: readonly CheckedAddress[] | null;
}

/** What a remote may take and bring; it need not be who it says it is. */
export interface RemoteLimits {
  readonly transferTimeoutMs: number;
  readonly maxPullBytes: number;
}

/** Turns the address given by a user into one that may be dialled, anew for every operation. */
export class RemoteCheck {
  constructor(
    private readonly policy: AddressPolicy,
    readonly egressProxy: URL | null,
    private readonly limits: RemoteLimits,
  ) {}

  /** Of what one transfer brings. */
  get largest(): number {
    return this.limits.maxPullBytes;
  }

  /** Ends a transfer that takes too long; one from a local source takes what it takes. @throws VcsError REMOTE_UNREACHABLE */
  async inTime<Options extends OperationOptions>(
    source: RemoteSource | LocalSource,
    options: Options,
    transfer: (options: Options) => Promise<void>,
  ): Promise<void> {
    if ('path' in source) return transfer(options);
    const { signal } = options;
    const timeout = AbortSignal.timeout(this.limits.transferTimeoutMs);
    try {
      await transfer({ ...options, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    } catch (error) {
      if (!timeout.aborted || signal?.aborted) throw error;
      const seconds = this.limits.transferTimeoutMs / 1_000;
      throw new VcsError(
        'REMOTE_UNREACHABLE',
        `the source was not done within ${seconds} seconds (see FORGEGATE_TRANSFER_TIMEOUT_MS)`,
        '',
        { cause: error },
      );
    }
  }

  /** @throws VcsError INVALID_SOURCE, ADDRESS_BLOCKED or REMOTE_UNREACHABLE */
  async check(source: RemoteSource, options: OperationOptions = {}): Promise<Remote> {
    const remote = parse(source.url);
    if (this.egressProxy !== null) return remote;
    return { ...remote, addresses: await orAborted(this.resolve(remote.hostname), options.signal) };
  }

  private async resolve(hostname: string): Promise<CheckedAddress[]> {
    try {
      return await resolveChecked(hostname, this.policy);
    } catch (error) {
      // What an internal name resolves to is for the log, not for the caller.
      if (error instanceof AddressRefusedError) {
        const message = 'the address of the source is not public (see FORGEGATE_ALLOW_PRIVATE_NETWORKS)';
        throw new VcsError('ADDRESS_BLOCKED', message, error.message);
      }
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      throw new VcsError('REMOTE_UNREACHABLE', 'the host of the source cannot be found', code, {
        cause: error,
      });
    }
  }
}

function parse(text: string): Remote {
  // The URL parser silently drops tabs and line breaks and turns backslashes around.
  const parsed = /^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(text) && URL.canParse(text) ? new URL(text) : null;
  const credentials = parsed === null ? null : credentialsOf(parsed);
  const isUnclean = credentials !== null && /\p{Cc}/u.test(credentials.username + credentials.password);
  if (parsed === null || parsed.hash !== '' || isUnclean) {
    throw new VcsError('INVALID_SOURCE', 'the source must be an http:// or https:// address');
  }
  parsed.username = '';
  parsed.password = '';
  const protocol = parsed.protocol === 'https:' ? 'https:' : 'http:';
  return {
    url: parsed.href,
    protocol,
    hostname: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(parsed.port),
    credentials,
    addresses: null,
  };
}

/** User name and password of a URL, decoded. */
export function credentialsOf(url: URL): Credentials | null {
  if (url.username === '' && url.password === '') return null;
  return { username: decoded(url.username), password: decoded(url.password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every spelling of the credentials that a program could print. */
export function secretsOf(remote: Remote): string[] {
  if (remote.credentials === null) return [];
  const { username, password } = remote.credentials;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return [basic, password, encodeURIComponent(password)].filter((secret) => secret !== '');
}

export const tooMuch = (bytes: number, detail = '') =>
  new VcsError(
    'REMOTE_UNREACHABLE',
    `the source brings more than ${bytes} bytes (see FORGEGATE_MAX_PULL_BYTES)`,
    detail,
  );
