import { settle, type Sent, type Settled } from './answers.js';
import type {
  BatchCall,
  BatchResults,
  CallArguments,
  CallOptions,
  Contract,
  MethodName,
  Result,
} from './call-types.js';
import { READING_METHODS, type Methods } from './contract.js';
import { obstacleOf, sleep, waitBefore, type Obstacle } from './retry.js';
import { RpcError, TransportError } from './rpc-error.js';

export interface ClientOptions {
  /** Of the gateway, e.g. `https://forge.example.com`. */
  readonly url: string;
  /** API key; without one only `rpc.discover` answers. */
  readonly key?: string;
  /** Milliseconds for a call with all its attempts; 60 000 when left out, 0 = no limit. */
  readonly timeoutMs?: number;
  /** How often a call that only reads is sent again; 2 when left out. What changes something is sent once. */
  readonly retries?: number;
  /** Methods that only read, where the contract is another one than that of this package. */
  readonly reading?: ReadonlySet<string>;
  /** In the place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_RETRIES = 2;

/**
 * ```ts
 * const forge = new ForgegateClient({ url: 'https://forge.example.com', key });
 * const repo = await forge.call('get_repo', { repoid: 'website' });     // what get_repo answers, by its contract
 * const [repos, user] = await forge.batch([['get_repos'], ['get_user', { userid: 'ada' }]]);
 * ```
 *
 * `Table` is what `forgegate client` wrote for a gateway with other plugins; its `connect()` fills it in.
 */
export class ForgegateClient<Table extends Contract<Table> = Methods> {
  private readonly endpoint: string;
  private lastId = 0;

  constructor(private readonly options: ClientOptions) {
    this.endpoint = `${options.url.replace(/\/+$/, '')}/_admin/rpc`;
  }

  /**
   * @throws RpcError when the gateway refuses; TransportError when no answer of a gateway came; the reason of the signal
   * when it aborts
   */
  async call<M extends MethodName<Table>>(
    method: M,
    ...[params, options]: CallArguments<M, Table>
  ): Promise<Result<M, Table>> {
    return (await this.request(method, params, options)) as Result<M, Table>;
  }

  /** Methods that this client does not know by type: of plugins, of a newer gateway. */
  async request(method: string, params: object = {}, options: CallOptions = {}): Promise<unknown> {
    const sent = { id: this.nextId(), method };
    const body = JSON.stringify({ jsonrpc: '2.0', ...sent, params });
    const [settled] = await this.send([sent], body, options);
    if (settled?.status === 'rejected') throw settled.reason;
    return settled?.value;
  }

  /** Several calls in one request; sent again only when all of them read. */
  async batch<const Calls extends readonly BatchCall<Table>[]>(
    calls: Calls,
    options: CallOptions = {},
  ): Promise<BatchResults<Calls, Table>> {
    if (calls.length === 0) return [] as unknown as BatchResults<Calls, Table>;
    const requests = calls.map(([method, params = {}]) => ({
      jsonrpc: '2.0',
      id: this.nextId(),
      method,
      params,
    }));
    return (await this.send(requests, JSON.stringify(requests), options)) as BatchResults<Calls, Table>;
  }

  private nextId(): number {
    return (this.lastId += 1);
  }

  private async send(sent: readonly Sent[], body: string, options: CallOptions): Promise<Settled[]> {
    const signal = this.signalOf(options);
    const { reading = READING_METHODS } = this.options;
    const mayRepeat = sent.every(({ method }) => reading.has(method));
    const attempts = 1 + (mayRepeat ? (this.options.retries ?? DEFAULT_RETRIES) : 0);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.post(sent, body, signal);
      if (Array.isArray(outcome)) return outcome;
      if (attempt >= attempts) throw outcome.error;
      await sleep(waitBefore(attempt, outcome), signal);
    }
  }

  private async post(
    sent: readonly Sent[],
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<Settled[] | Obstacle> {
    let retryAfter: string | null = null;
    try {
      const response = await this.fetched(body, signal);
      retryAfter = response.headers.get('retry-after');
      const settled = settle(sent, await response.text(), response.status);
      const [only] = settled;
      if (sent.length === 1 && only?.status === 'rejected' && only.reason instanceof RpcError)
        return obstacleOf(only.reason, retryAfter) ?? settled;
      return settled;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const obstacle = obstacleOf(asTransportError(error), retryAfter);
      if (!obstacle) throw error;
      return obstacle;
    }
  }

  private fetched(body: string, signal: AbortSignal | undefined): Promise<Response> {
    const { key, fetch = globalThis.fetch } = this.options;
    return fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body,
      // A redirect would carry the key to an address that nobody gave
      redirect: 'error',
      ...(signal === undefined ? {} : { signal }),
    });
  }

  private signalOf({ signal, timeoutMs }: CallOptions): AbortSignal | undefined {
    const limit = timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const signals = [...(signal ? [signal] : []), ...(limit > 0 ? [AbortSignal.timeout(limit)] : [])];
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  }
}

/** `fetch` throws a TypeError whatever kept it from an answer. */
function asTransportError(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const { cause } = error as { cause?: unknown };
  const why = cause instanceof Error ? cause.message : error.message;
  return new TransportError(`The gateway cannot be reached: ${why}`, null, { cause: error });
}
