import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, isIP, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Remote } from '../remote.js';

/** Headers between a client and its proxy; they are not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'proxy-connection',
  'proxy-authorization',
  'keep-alive',
  'te',
  'upgrade',
]);
const DIAL_TIMEOUT_MS = 15_000;

/**
 * A proxy on the loopback interface for one transfer from one remote. Mercurial cannot be told which address to dial,
 * so it talks to this one, which dials the checked addresses only: no other name, no other port, whatever a redirect
 * or the remote's answer says.
 */
export class EgressProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();
  private received = 0;

  private constructor(
    private readonly remote: Remote,
    private readonly largest: number,
  ) {
    this.server = createServer((incoming, outgoing) => this.forward(incoming, outgoing));
    this.server.on('connect', (incoming, socket, head) => void this.tunnel(incoming, socket, head));
    this.server.on('connection', (socket) => this.track(socket));
  }

  /** @param largest bytes that the remote may send in all; behind them its connections are closed */
  static async start(remote: Remote, largest = Infinity): Promise<EgressProxy> {
    const proxy = new EgressProxy(remote, largest);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** Whether the remote has sent more than it may. */
  get isExhausted(): boolean {
    return this.received > this.largest;
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const isWanted = this.remote.protocol === 'https:' && this.isRemote(`https://${incoming.url ?? ''}/`);
    const upstream = isWanted ? await this.dial() : null;
    if (upstream === null) {
      socket.end(`HTTP/1.1 ${isWanted ? '502 Bad Gateway' : '403 Forbidden'}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(socket).on('close', () => upstream.destroy());
    socket.pipe(upstream).on('close', () => socket.destroy());
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = incoming.url ?? '';
    if (this.remote.protocol !== 'http:' || !this.isRemote(url)) {
      outgoing.writeHead(403, { connection: 'close' }).end();
      return;
    }
    const { pathname, search } = new URL(url);
    const headers = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name));
    const upstream = request({
      createConnection: (_, done) => {
        void this.dial().then((socket) =>
          done(socket === null ? new Error('unreachable') : null, socket as Socket),
        );
        return undefined;
      },
      method: incoming.method,
      path: pathname + search,
      headers: Object.fromEntries(headers),
      setHost: false,
    });
    upstream.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      // Whoever waits for the rest of an answer that broke off would wait for ever
      answer.on('close', () => answer.complete || outgoing.destroy());
    });
    upstream.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }

  private isRemote(url: string): boolean {
    return URL.canParse(url) && new URL(url).origin === new URL(this.remote.url).origin;
  }

  /** The first of the checked addresses that answers. */
  private async dial(): Promise<Socket | null> {
    for (const { address } of this.remote.addresses ?? []) {
      const socket = connect({ host: address, port: this.remote.port, family: isIP(address) });
      this.track(socket);
      socket.setTimeout(DIAL_TIMEOUT_MS, () => socket.destroy());
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true)).once('close', () => resolve(false));
      });
      socket.setTimeout(0);
      if (isOpen) return this.counted(socket);
    }
    return null;
  }

  private counted(socket: Socket): Socket {
    return socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
      if (this.isExhausted) socket.destroy();
    });
  }

  private track(socket: Duplex): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
