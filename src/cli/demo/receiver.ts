import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedDelivery {
  headers: IncomingHttpHeaders;
  body: string;
  type: string;
}

/** A subscriber's HTTP server, as small as one can be. */
export class DemoReceiver {
  readonly received: ReceivedDelivery[] = [];
  private wake: () => void = () => undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<DemoReceiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { type } = JSON.parse(body) as { type: string };
        receiver.received.push({ headers: request.headers, body, type });
        response.writeHead(204).end();
        receiver.wake();
      });
    });
    const receiver = new DemoReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  /** @throws Error naming the type when that many do not arrive in time */
  async waitFor(type: string, count = 1, milliseconds = 15_000): Promise<void> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      if (this.received.filter((delivery) => delivery.type === type).length >= count) return;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${type} did not arrive within ${milliseconds / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
