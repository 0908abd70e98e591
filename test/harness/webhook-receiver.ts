import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedEvent {
  readonly type: string;
  readonly version: number;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

/** One request as it came. */
export class Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly at = performance.now();
  private parsed: ReceivedEvent | null = null;

  constructor(
    { url, headers }: IncomingMessage,
    readonly body: string,
  ) {
    this.path = url ?? '';
    this.headers = headers;
  }

  /** Its body in the gateway's own format. */
  get event(): ReceivedEvent {
    return (this.parsed ??= JSON.parse(this.body) as ReceivedEvent);
  }
}

export type Answer = (received: Received, response: ServerResponse, count: number) => void;

/** A subscriber on a real socket: keeps what it gets, lets tests wait for it, and answers 200 unless told otherwise. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.take(new Received(request, Buffer.concat(chunks).toString()), response));
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

  /** Resolves when the condition holds; looked at after every request. */
  async waitUntil(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Resolves with the first `count` requests that match, as soon as they are there. */
  async waitFor(count: number, matches: (received: Received) => boolean = () => true): Promise<Received[]> {
    await this.waitUntil(() => this.received.filter(matches).length >= count);
    return this.received.filter(matches).slice(0, count);
  }

  /** Resolves with everything that came when at least `count` requests have come. */
  async has(count: number): Promise<Received[]> {
    await this.waitUntil(() => this.received.length >= count);
    return this.received;
  }

  /** The first event of that type. */
  async next(type: string): Promise<Received> {
    const [found] = await this.waitFor(1, ({ event }) => event.type === type);
    return found as Received;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(received: Received, response: ServerResponse): void {
    this.received.push(received);
    this.answer(received, response, this.received.length);
    for (const wake of this.waiting.splice(0)) wake();
  }
}

/** Checks with the reference library, not with ours. @throws when the signature is wrong */
export function verifySignature(
  secret: string,
  { headers, body }: Pick<Received, 'headers' | 'body'>,
): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}
