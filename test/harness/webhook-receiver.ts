import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export type Answer = (received: Received, response: ServerResponse, count: number) => void;

/** A real HTTP server that keeps what it gets, and answers 200 unless told otherwise. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const received = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
      this.received.push(received);
      this.answer(received, response, this.received.length);
      for (const check of this.waiting) check();
    });
  });
  /** Replace it to change what is answered. `count` is 1 for the first request. */
  answer: Answer = (_received, response) => response.end();

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Resolves when at least `count` requests have come. */
  async has(count: number): Promise<Received[]> {
    await new Promise<void>((resolve) => {
      const check = () => {
        if (this.received.length < count) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
    return this.received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
