import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  event: { type: string; version: number; timestamp: string; data: Record<string, unknown> };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A subscriber: keeps what it got, and lets tests wait for it. */
export class Receiver {
  readonly received: Received[] = [];
  /** What it answers; 204 unless a test says otherwise. */
  answer: Answer = (_request, response) => response.writeHead(204).end();
  private waiting: (() => void)[] = [];

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => void receiver.receive(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** Resolves when the condition holds; looked at after every delivery. */
  async waitUntil(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Resolves with the first `count` deliveries that match, as soon as they are there. */
  async waitFor(count: number, matches: (received: Received) => boolean = () => true): Promise<Received[]> {
    await this.waitUntil(() => this.received.filter(matches).length >= count);
    return this.received.filter(matches).slice(0, count);
  }

  /** One delivery of that type. */
  async next(type: string): Promise<Received> {
    const [found] = await this.waitFor(1, ({ event }) => event.type === type);
    return found as Received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.received.push({ headers: request.headers, body, event: JSON.parse(body) as Received['event'] });
    this.answer(request, response);
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}

/** Checks with the reference library, not with ours. @throws when the signature is wrong */
export function verifySignature(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
