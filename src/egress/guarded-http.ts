import { isIP } from 'node:net';
import { Agent, ProxyAgent } from 'undici';
import { HttpFailure, type HttpRequest, type HttpResponse } from '../sdk/index.js';
import { AddressPolicy, AddressRefusedError, resolveChecked, type CheckedAddress } from './address-policy.js';
import { readCapped } from './capped-body.js';
import { Dispatchers } from './dispatchers.js';
import { guardedConnector, sinceMs, type HttpTrace } from './guarded-connector.js';
import { httpFailure } from './http-failures.js';
import type { Lookup } from './name-lookup.js';

export interface GuardedHttpOptions {
  readonly allowPrivateNetworks: readonly string[];
  /** `http:` or `https:`; it then resolves names and decides about them. */
  readonly proxy?: string | null;
  readonly lookup?: Lookup;
  readonly connectTimeoutMs?: number;
  /** Longest wait for the status line; the caller's signal is the exact limit. */
  readonly headersTimeoutMs?: number;
  /** How long a body may trickle in after the headers. */
  readonly bodyTimeoutMs?: number;
  readonly maxBodyBytes?: number;
}

export interface RequestControl {
  readonly signal?: AbortSignal;
  /** Filled as the request proceeds, also when it fails. */
  readonly trace?: HttpTrace;
}

const HTTP = ['http', 'https'];

/**
 * The gateway's way out for everything that users can point somewhere: judged addresses only, no redirects, no
 * decoding, a capped answer, connections kept alive.
 */
export class GuardedHttp {
  private readonly policy: AddressPolicy;
  private readonly dispatchers: Dispatchers;
  private readonly viaProxy: boolean;
  private readonly lookup: Lookup | undefined;
  private readonly bodyTimeoutMs: number;
  private readonly maxBodyBytes: number;
  /** undici dials synchronously within `request`, which is how a dial finds the trace of its request. */
  private dispatching: HttpTrace | undefined;
  private dialCount = 0;

  constructor(options: GuardedHttpOptions) {
    const { connectTimeoutMs = 10_000, headersTimeoutMs = 60_000 } = options;
    this.policy = new AddressPolicy(options.allowPrivateNetworks);
    this.lookup = options.lookup;
    this.bodyTimeoutMs = options.bodyTimeoutMs ?? 2_000;
    this.maxBodyBytes = options.maxBodyBytes ?? 64 * 1024;
    this.viaProxy = Boolean(options.proxy);
    const limits = { headersTimeout: headersTimeoutMs, bodyTimeout: this.bodyTimeoutMs };
    const { proxy, lookup } = options;
    this.dispatchers = new Dispatchers((tls) =>
      proxy
        ? new ProxyAgent({ uri: proxy, proxyTunnel: false, requestTls: tls, ...limits })
        : new Agent({
            ...limits,
            connect: guardedConnector({
              policy: this.policy,
              ...(lookup && { lookup }),
              tls,
              connectTimeoutMs,
              onDial: () => (this.dialCount += 1),
              currentTrace: () => this.dispatching,
            }),
          }),
    );
  }

  /** Sockets opened so far, those of a proxy not counted. */
  get dials(): number {
    return this.dialCount;
  }

  /** @throws HttpFailure when no status line came */
  async request(url: string, request: HttpRequest = {}, control: RequestControl = {}): Promise<HttpResponse> {
    const { signal, trace = {} } = control;
    const started = performance.now();
    try {
      const target = parseTarget(url);
      signal?.throwIfAborted();
      if (this.viaProxy) this.refuseLiteral(target);
      const answer = await untilAborted(this.dispatch(target, request, signal, trace), signal);
      trace.first_byte_ms = sinceMs(started);
      const { text, truncated } = await readCapped(answer.body, this.maxBodyBytes, this.bodyTimeoutMs);
      return { status: answer.statusCode, headers: joined(answer.headers), body: text, truncated };
    } catch (error) {
      throw httpFailure(error, this.viaProxy);
    } finally {
      trace.total_ms = sinceMs(started);
    }
  }

  /**
   * Why a request to this URL would be refused now, for a person; null when it would be dialled or when only the
   * future can tell (the name does not resolve, a proxy decides). The same rules as when sending.
   */
  async refusal(url: string, schemes: readonly string[] = HTTP): Promise<string | null> {
    try {
      const target = parseTarget(url, schemes);
      if (this.viaProxy) this.refuseLiteral(target);
      else await resolveChecked(target.hostname, this.policy, this.lookup);
      return null;
    } catch (error) {
      return error instanceof AddressRefusedError || error instanceof HttpFailure ? error.message : null;
    }
  }

  /** For whoever dials by himself. @throws HttpFailure */
  async addressesOf(hostname: string): Promise<CheckedAddress[]> {
    try {
      return await resolveChecked(hostname, this.policy, this.lookup);
    } catch (error) {
      throw httpFailure(error, false);
    }
  }

  /** Cuts what is open. */
  async close(): Promise<void> {
    await this.dispatchers.destroy();
  }

  private dispatch(target: URL, request: HttpRequest, signal: AbortSignal | undefined, trace: HttpTrace) {
    this.dispatching = trace;
    try {
      return this.dispatchers.for(request.tls).request({
        origin: target.origin,
        path: target.pathname + target.search,
        method: request.method ?? 'POST',
        headers: { ...request.headers },
        body: request.body ?? null,
        signal: signal ?? null,
      });
    } finally {
      this.dispatching = undefined;
    }
  }

  private refuseLiteral({ hostname }: URL): void {
    const literal = hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(literal) === 0) return;
    const verdict = this.policy.verdict(literal);
    if (!verdict.allowed) throw new AddressRefusedError(verdict.reason);
  }
}

function parseTarget(url: string, schemes: readonly string[] = HTTP): URL {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target === null || !schemes.includes(target.protocol.slice(0, -1)) || target.hostname === '') {
    throw new HttpFailure('local', 'BAD_URL', `the URL is not an absolute ${schemes.join(' or ')} URL`);
  }
  if (target.username || target.password) {
    throw new HttpFailure('local', 'BAD_URL', 'the URL must not hold a user name or password');
  }
  return target;
}

/** undici notices an abort only once it is connected; the caller's deadline is exact. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
