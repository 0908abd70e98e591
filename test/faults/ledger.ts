import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Arrival {
  readonly id: string;
  readonly at: number;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, isRepeated: boolean) => void;

export interface Account {
  readonly accepted: number;
  /** Accepted, and never arrived. */
  readonly lost: readonly string[];
  /** Arrivals beyond the first, of messages that were answered with success. */
  readonly duplicates: number;
  /** Messages that came under more than one `webhook-id`. */
  readonly ambiguous: readonly string[];
}

/**
 * Knows nothing of the gateway: writes down what callers were told, and what a receiver of its own got. A message counts
 * as arrived when the receiver answered it with success.
 */
export class Ledger {
  readonly accepted = new Set<string>();
  private readonly arrivals = new Map<string, Arrival[]>();
  private readonly seen = new Set<string>();
  private readonly server = createServer((request, response) => void this.take(request, response));
  private answer: Answer = (_request, response) => response.writeHead(204).end();

  static async open(host = '127.0.0.1'): Promise<Ledger> {
    const ledger = new Ledger();
    ledger.server.listen(0, host);
    await once(ledger.server, 'listening');
    return ledger;
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}/hook`;
  }

  /** What the receiver does with a request; success is a status of 2xx. */
  answers(answer: Answer): void {
    this.answer = answer;
  }

  get arrived(): number {
    return this.arrivals.size;
  }

  isComplete(): boolean {
    return [...this.accepted].every((name) => this.arrivals.has(name));
  }

  account(): Account {
    const lists = [...this.arrivals.entries()];
    return {
      accepted: this.accepted.size,
      lost: [...this.accepted].filter((name) => !this.arrivals.has(name)),
      duplicates: lists.reduce((sum, [, list]) => sum + list.length - 1, 0),
      ambiguous: lists.filter(([, list]) => new Set(list.map(({ id }) => id)).size > 1).map(([name]) => name),
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { data } = JSON.parse(Buffer.concat(chunks).toString()) as {
      data: { user_group: { group_name: string } };
    };
    const name = data.user_group.group_name;
    const id = String(request.headers['webhook-id']);
    const isRepeated = this.seen.has(id);
    this.seen.add(id);
    response.once('finish', () => {
      if (response.statusCode >= 200 && response.statusCode < 300)
        this.arrivals.set(name, [...(this.arrivals.get(name) ?? []), { id, at: performance.now() }]);
    });
    this.answer(request, response, isRepeated);
  }
}
