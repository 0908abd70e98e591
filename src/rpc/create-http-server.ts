import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { isSsh, sshFarewell } from './http/ssh-farewell.js';
import { JsonRpcTransport } from './json-rpc.transport.js';

/** Sees a request before the web framework does; true when it took it over. */
export type EarlyHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * One port for JSON-RPC and everything else: the RPC transport sees each request first, the rest goes to Fastify.
 *
 * ```ts
 * const front = new HttpFront();
 * const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter({ serverFactory: front.serverFactory }));
 * front.serve(app);                      // connects JsonRpcTransport; global guards and pipes must be set before
 * await app.startAllMicroservices();
 * await app.listen(port, host);          // or app.init() in tests
 * ```
 */
export class HttpFront {
  private readonly early: EarlyHandler[] = [];

  readonly serverFactory = (framework: RequestListener): Server => {
    const silent = new Set<Socket>();
    // A push over a slow line may take hours, so the limit on the whole request is each handler's own business.
    const server = createServer({ requestTimeout: 0 }, (request, response) => {
      silent.delete(request.socket);
      for (const handler of this.early) if (handler(request, response)) return;
      framework(request, response);
    });
    server.keepAliveTimeout = 65_000;
    // Before the framework's own listener, which then finds nothing left to say
    server.on('clientError', (error: Error & { rawPacket?: Buffer }, socket) => {
      if (isSsh(error.rawPacket) && socket.writable) socket.end(sshFarewell());
    });
    server.on('connection', (socket) => {
      silent.add(socket);
      socket.once('close', () => silent.delete(socket));
    });
    // Called at a stop, which waits for all others; node does not count those on which nothing was ever asked
    const closeIdleConnections = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      closeIdleConnections();
      for (const socket of silent) socket.destroy();
    };
    return server;
  };

  /** Adds a handler in front of the framework, after those already there. */
  use(handler: EarlyHandler): void {
    this.early.push(handler);
  }

  /** Connects the transport and serves it to whoever comes. */
  serve(app: INestApplication): JsonRpcTransport {
    const transport = connectRpc(app);
    this.use((request, response) => transport.handle(request, response));
    return transport;
  }
}

/** Lets the transport take up the handlers when microservices start; global guards and pipes must be set before. */
export function connectRpc(app: INestApplication): JsonRpcTransport {
  const transport = app.get(JsonRpcTransport);
  app.connectMicroservice({ strategy: transport }, { inheritAppConfig: true });
  return transport;
}
