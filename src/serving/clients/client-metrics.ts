import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RepoType } from '../../vcs/vcs.js';

export type Operation = 'fetch' | 'push';

@Injectable()
export class ClientMetrics {
  readonly running: Gauge<'type' | 'operation'>;
  private readonly requests: Counter<'type' | 'operation' | 'outcome'>;
  private readonly bytes: Counter<'type' | 'direction'>;
  private readonly durations: Histogram<'type' | 'operation'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.running = new Gauge({
      name: 'vcs_requests_running',
      help: 'Requests of git and Mercurial clients that are being served.',
      labelNames: ['type', 'operation'],
      registers,
    });
    this.requests = new Counter({
      name: 'vcs_requests_total',
      help: 'Requests of git and Mercurial clients; `fetch` and `push` say which right each needs.',
      labelNames: ['type', 'operation', 'outcome'],
      registers,
    });
    this.bytes = new Counter({
      name: 'vcs_bytes_total',
      help: 'Bytes that clients of git and Mercurial sent (`in`) and got (`out`).',
      labelNames: ['type', 'direction'],
      registers,
    });
    this.durations = new Histogram({
      name: 'vcs_request_duration_seconds',
      help: 'Time to serve one request of a git or Mercurial client.',
      labelNames: ['type', 'operation'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers,
    });
  }

  /** @param outcome `ok`, `failed`, `left`, or the HTTP status of a refusal */
  record(
    type: RepoType,
    operation: Operation,
    outcome: string,
    seconds: number,
    bytes: { in: number; out: number },
  ): void {
    this.requests.labels(type, operation, outcome).inc();
    this.durations.labels(type, operation).observe(seconds);
    this.bytes.labels(type, 'in').inc(bytes.in);
    this.bytes.labels(type, 'out').inc(bytes.out);
  }
}
