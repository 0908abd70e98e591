import type { IncomingMessage, ServerResponse } from 'node:http';
import { asciiJson } from './envelope/ascii.js';
import type { Endpoint } from './envelope/shape.js';
import { RpcFault } from './errors.js';
import type { CallOrigin, LiveCall } from './live-call.js';
import { trailOf, type Trail } from '../trail/trail.js';
import { Timed } from './deadlines.js';

/** How long, and how much, a client may still send after it was refused, so that it gets to read the answer. */
const LINGER_MS = 1000;

/** One HTTP request that brought calls, and its answer. As a timed entry it limits how long the body may take. */
export class Exchange extends Timed implements CallOrigin {
  readonly trail: Trail | null;
  private answered = false;
  private readonly running: LiveCall[] = [];

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly endpoint: Endpoint,
    readonly requestId: string,
    readonly ip: string,
    private readonly lastOne: () => boolean,
    private readonly onSlowBody: (exchange: Exchange) => void,
    private readonly onGone: (exchange: Exchange) => void,
  ) {
    super();
    this.trail = trailOf(request.headers);
    response.once('close', () => this.gone());
  }

  get idempotencyKey(): unknown {
    return this.request.headers['idempotency-key'];
  }

  /** Answered, or the client has left. */
  get isOver(): boolean {
    return this.answered;
  }

  override expire(): void {
    this.onSlowBody(this);
  }

  track(call: LiveCall): void {
    if (!call.settled) this.running.push(call);
  }

  /** @param text null answers 204: everything in the request was a notification */
  answer(status: number, text: string | null, retryAfter?: number): void {
    if (this.answered) return;
    this.answered = true;
    const { response, request } = this;
    if (response.destroyed) return;
    const complete = request.complete;
    const headers: Record<string, string | number> = { 'x-request-id': this.requestId };
    if (retryAfter !== undefined) headers['retry-after'] = retryAfter;
    if (!complete || this.lastOne()) headers.connection = 'close';
    if (text === null) {
      response.writeHead(status === 200 ? 204 : status, headers).end();
      return;
    }
    const body = Buffer.from(asciiJson(text), 'latin1');
    headers['content-type'] = 'application/json';
    headers['content-length'] = body.length;
    response.writeHead(status, headers);
    if (complete) response.end(body);
    else this.linger(body);
  }

  /** Closing at once, with unread bytes in the socket, would reset the connection and lose the answer on its way. */
  private linger(body: Buffer): void {
    const { request, response } = this;
    response.write(body);
    const end = () => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, LINGER_MS);
    request.once('end', end).once('close', end);
    request.resume();
  }

  private gone(): void {
    this.answered = true;
    for (const call of this.running) {
      if (!call.settled) call.abandon(new RpcFault('CANCELLED', 'The client left'));
    }
    this.onGone(this);
  }
}
