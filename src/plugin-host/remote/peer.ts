import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Json, JsonObject } from '../../sdk/index.js';

/** Carries messages to the other side, in order. */
export interface Channel {
  send(message: JsonObject): void;
  /** One listener; called for every message that comes. */
  onMessage(listener: (message: unknown) => void): void;
}

/** What the other side may ask for. A throw is answered as an error with its message. */
export type Served = Readonly<
  Record<string, (params: JsonObject, signal: AbortSignal) => Promise<Json> | Json>
>;

/** The other side answered with an error; `data.kind` tells which, where it matters. */
export class RemoteError extends Error {
  constructor(
    message: string,
    readonly data: JsonObject = {},
  ) {
    super(message);
    this.name = 'RemoteError';
  }
}

interface Waiting {
  resolve(result: Json): void;
  reject(error: Error): void;
  /** What the request is part of on this side: whatever comes back because of it is that too. */
  readonly origin: AsyncResource;
}

/**
 * JSON-RPC 2.0 over a channel, both ways. `$/cancel {id}` tells that nobody waits for an answer any more. A request that is
 * made because of one of the other side names it in `within`.
 */
export class Peer {
  private readonly servingId = new AsyncLocalStorage<unknown>();
  private lastId = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly serving = new Map<unknown, AbortController>();
  private ended: Error | null = null;

  constructor(
    private readonly channel: Channel,
    private readonly served: Served,
    /** What came and makes no sense: no answer is possible. */
    private readonly onNonsense: (message: string) => void = () => undefined,
  ) {
    channel.onMessage((message) => this.take(message));
  }

  /** @throws RemoteError, the error given to {@link end}, or the signal's reason */
  async request(method: string, params: JsonObject, signal?: AbortSignal): Promise<Json> {
    if (this.ended) throw this.ended;
    const id = (this.lastId += 1);
    const onAbort = () => this.notify('$/cancel', { id });
    try {
      return await new Promise<Json>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject, origin: new AsyncResource('PluginRequest') });
        signal?.addEventListener('abort', onAbort, { once: true });
        const within = this.servingId.getStore() as Json | undefined;
        this.channel.send({ jsonrpc: '2.0', id, method, params, ...(within !== undefined && { within }) });
      });
    } finally {
      this.waiting.delete(id);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  notify(method: string, params: JsonObject): void {
    if (!this.ended) this.channel.send({ jsonrpc: '2.0', method, params });
  }

  /** The other side is gone: whoever waits gets the error, and so does whoever asks later. */
  end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    for (const controller of this.serving.values()) controller.abort(error);
    this.waiting.clear();
    this.serving.clear();
  }

  private take(message: unknown): void {
    if (typeof message !== 'object' || message === null) return this.onNonsense('a message is no object');
    const { id, method, params, result, error, within } = message as Record<string, unknown>;
    if (typeof method === 'string') {
      const work = () => this.serve(id, method, (params ?? {}) as JsonObject);
      const origin = this.originOf(within);
      return void (origin ? origin.runInAsyncScope(work) : work());
    }
    const waiting = this.waiting.get(id as number);
    if (!waiting) return;
    if (error === undefined) return waiting.resolve((result ?? null) as Json);
    const { message: text = 'failed', data = {} } = error as { message?: string; data?: JsonObject };
    waiting.reject(new RemoteError(String(text), data));
  }

  /** A side that names none and does one thing at a time means that one. */
  private originOf(within: unknown): AsyncResource | undefined {
    if (within !== undefined) return this.waiting.get(within as number)?.origin;
    return this.waiting.size === 1 ? [...this.waiting.values()][0]?.origin : undefined;
  }

  private async serve(id: unknown, method: string, params: JsonObject): Promise<void> {
    if (method === '$/cancel') return this.serving.get(params['id'])?.abort();
    const handler = Object.hasOwn(this.served, method) ? this.served[method] : undefined;
    if (id === undefined) return this.listen(handler, method, params);
    const controller = new AbortController();
    this.serving.set(id, controller);
    try {
      if (!handler) throw new RemoteError(`there is no method ${method}`);
      const result = await this.servingId.run(id, () => handler(params, controller.signal));
      this.answer({ jsonrpc: '2.0', id: id as Json, result: result ?? null });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const data = error instanceof RemoteError ? error.data : {};
      this.answer({ jsonrpc: '2.0', id: id as Json, error: { code: -32000, message: text, data } });
    } finally {
      this.serving.delete(id);
    }
  }

  private listen(handler: Served[string] | undefined, method: string, params: JsonObject): void {
    if (!handler) return this.onNonsense(`there is no notification ${method}`);
    Promise.resolve()
      .then(() => handler(params, new AbortController().signal))
      .catch((error: unknown) => this.onNonsense(`${method}: ${String(error)}`));
  }

  private answer(message: JsonObject): void {
    if (!this.ended) this.channel.send(message);
  }
}
