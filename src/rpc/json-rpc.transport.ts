import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { BodyServer } from './body-server.js';
import { Dispatcher } from './dispatcher.js';
import { jsonRpc2, transportError } from './envelope/json-rpc-2.js';
import { legacyEnvelope, noBody } from './envelope/legacy.js';
import { envelopeAt } from './envelope/read-calls.js';
import type { Endpoint } from './envelope/shape.js';
import { RpcFault } from './errors.js';
import { Exchange } from './exchange.js';
import { toFault } from './fault-of.js';
import { ClientAddresses } from './http/client-address.js';
import { CrossOrigin } from './http/cross-origin.js';
import { readBody } from './http/request-body.js';
import type { BodyProblem } from './http/request-body.js';
import { requestIdFrom } from './http/request-id.js';
import { RpcPaths } from './http/rpc-paths.js';
import { LiveCall } from './live-call.js';
import type { RpcMethodDeclaration } from './method.js';

/** JSON-RPC over HTTP as a Nest transport: the same handlers, guards and filters as any other microservice. */
@Injectable()
export class JsonRpcTransport extends Server implements CustomTransportStrategy, OnModuleDestroy {
  /** How long running calls may take to end by themselves when the gateway stops, in milliseconds. */
  graceMs = 5000;
  private readonly paths: RpcPaths;
  private readonly addresses: ClientAddresses;
  private readonly crossOrigin: CrossOrigin;
  private readonly open = new Set<Exchange>();
  private state: 'starting' | 'serving' | 'stopping' = 'starting';
  private whenIdle: (() => void) | null = null;
  private closed: Promise<void> | null = null;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dispatcher: Dispatcher,
    private readonly bodies: BodyServer,
  ) {
    super();
    this.paths = new RpcPaths(settings.publicUrl);
    this.addresses = new ClientAddresses(settings.trustedProxies);
    this.crossOrigin = new CrossOrigin(settings.corsOrigins);
  }

  /** Called by Nest for every handler. What was not declared with `@RpcMethod` has no permission, so it stops the start. */
  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const declaration = extras.declaration as RpcMethodDeclaration | undefined;
    const known = this.messageHandlers.get(pattern)?.extras?.declaration as RpcMethodDeclaration | undefined;
    if (!declaration)
      throw new Error(`RPC method ${pattern} is not declared with @RpcMethod, so it has no permission`);
    if (known) {
      throw new Error(
        `RPC method ${pattern} is declared twice: ${known.declaredBy} and ${declaration.declaredBy}`,
      );
    }
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      this.dispatcher.serve(this.messageHandlers);
      this.state = 'serving';
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** @returns false when the request is none of ours */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const endpoint = this.paths.match(request.url ?? '');
    if (endpoint === undefined) return false;
    if (this.crossOrigin.enabled && this.crossOrigin.apply(request, response)) return true;
    const exchange = new Exchange(
      request,
      response,
      endpoint,
      requestIdFrom(request.headers['x-request-id']),
      this.addresses.of(request),
      () => this.state === 'stopping',
      refuseSlowBody,
      (gone) => this.left(gone),
    );
    this.open.add(exchange);
    if (this.state === 'serving') this.read(exchange);
    else refuse(exchange, 503, -32000, `Server is ${this.state}`, 1);
    return true;
  }

  /** Nest closes transports after the HTTP server, which waits for the very calls that must be told to end. */
  onModuleDestroy(): Promise<void> {
    return this.close();
  }

  /** Takes nothing new, lets what runs end for some seconds, then aborts it. */
  close(): Promise<void> {
    return (this.closed ??= this.stop());
  }

  private async stop(): Promise<void> {
    this.state = 'stopping';
    if (this.open.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.graceMs);
        this.whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const stopping = new RpcFault('CANCELLED', 'Server is stopping');
    this.dispatcher.deadlines.endAll((entry) =>
      entry instanceof LiveCall ? entry.abandon(stopping) : entry.expire(),
    );
  }

  on(): never {
    throw new Error('The RPC transport has no events');
  }

  unwrap<T>(): T {
    throw new Error('The RPC transport has no server of its own; ask the HTTP adapter');
  }

  private read(exchange: Exchange): void {
    const { request, endpoint } = exchange;
    if (request.method !== 'POST' && request.method !== 'GET') {
      return refuse(
        exchange,
        405,
        -32600,
        `unsupported request method "${request.method ?? ''}". Please use POST`,
      );
    }
    const declared =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    if (!declared) return exchange.answer(200, emptyBody(endpoint, false));
    this.dispatcher.deadlines.add(exchange, performance.now());
    readBody(request, this.settings.maxBodyBytes, (problem, body) => {
      this.dispatcher.deadlines.remove(exchange);
      // A body that ends while its refusal lingers must not run.
      if (exchange.isOver) return;
      if (problem) return this.refuseBody(exchange, problem);
      if (body.length === 0) return exchange.answer(200, emptyBody(endpoint, true));
      this.serve(exchange, body);
    });
  }

  private serve(exchange: Exchange, body: Buffer): void {
    try {
      this.bodies.serve(body, exchange);
    } catch (error) {
      this.logger.error(error);
      exchange.answer(200, envelopeAt(exchange.endpoint).failure('null', toFault(error)));
    }
  }

  private refuseBody(exchange: Exchange, problem: BodyProblem): void {
    switch (problem) {
      case 'too large':
        return refuse(
          exchange,
          413,
          -32600,
          `Request body is larger than ${String(this.settings.maxBodyBytes)} bytes`,
        );
      case 'unknown encoding':
        return refuse(exchange, 415, -32600, 'Unknown Content-Encoding; use gzip, deflate, br or none');
      case 'corrupt':
        return exchange.answer(
          200,
          envelopeAt(exchange.endpoint).parseError('corrupt compressed data at position 0'),
        );
    }
  }

  private left(exchange: Exchange): void {
    this.dispatcher.deadlines.remove(exchange);
    this.open.delete(exchange);
    if (this.open.size === 0) this.whenIdle?.();
  }
}

const emptyBody = (endpoint: Endpoint, declared: boolean) =>
  endpoint === 'legacy' ? noBody(declared) : jsonRpc2.parseError('');

/** Refuses a request as a whole, in the dialect of its path. */
function refuse(
  exchange: Exchange,
  status: number,
  code: number,
  message: string,
  retryAfter?: number,
): void {
  const text =
    exchange.endpoint === 'legacy'
      ? legacyEnvelope.failure('null', new RpcFault('REFUSED', message))
      : transportError(code, message);
  exchange.answer(status, text, retryAfter);
}

const refuseSlowBody = (exchange: Exchange) =>
  refuse(exchange, 408, 1012, 'Request body did not arrive in time');
