import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import type { HttpTls } from '../sdk/index.js';

/** Endpoints with certificates of their own that keep their connections open; beyond these they dial anew. */
const KEPT = 100;

/**
 * Connections are shared by requests that trust the same authorities and present the same certificate, and by no
 * others.
 */
export class Dispatchers {
  private readonly usual: Dispatcher;
  private readonly special = new LRUCache<string, Dispatcher>({
    max: KEPT,
    // Lets requests under way come to their end
    dispose: (dispatcher) => void dispatcher.close().catch(() => undefined),
  });

  constructor(private readonly create: (tls: HttpTls) => Dispatcher) {
    this.usual = create({});
  }

  for(tls: HttpTls | undefined): Dispatcher {
    if (!tls) return this.usual;
    const { ca, cert, key } = tls;
    const id = createHash('sha256')
      .update(JSON.stringify([ca, cert, key]))
      .digest('base64');
    const known = this.special.get(id);
    if (known) return known;
    const made = this.create(tls);
    this.special.set(id, made);
    return made;
  }

  /** Cuts what is open. */
  async destroy(): Promise<void> {
    const all = [this.usual, ...this.special.values()];
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
  }
}
