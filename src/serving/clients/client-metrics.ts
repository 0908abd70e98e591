import { Injectable } from '@nestjs/common';
import { type Counter, type Gauge, type Histogram, Registry } from 'prom-client';
import { Meter } from '../../metrics/meter.js';
import type { RepoType } from '../../vcs/vcs.js';

export type Operation = 'fetch' | 'push';

@Injectable()
export class ClientMetrics {
  readonly running: Gauge<'type' | 'operation'>;
  readonly waiting: Gauge;
  private readonly requests: Counter<'type' | 'operation' | 'outcome'>;
  private readonly bytes: Counter<'type' | 'direction'>;
  private readonly durations: Histogram<'type' | 'operation'>;

  constructor(registry: Registry) {
    const meter = new Meter(registry);
    this.running = meter.gauge(
      'vcs_requests_running',
      'Requests of git and Mercurial clients that are being served.',
      'type',
      'operation',
    );
    this.waiting = meter.gauge(
      'vcs_requests_waiting',
      'Requests of git and Mercurial clients that wait for a place, a part of those that are being served.',
    );
    this.requests = meter.counter(
      'vcs_requests_total',
      'Requests of git and Mercurial clients; `fetch` and `push` say which right each needs.',
      'type',
      'operation',
      'outcome',
    );
    this.bytes = meter.counter(
      'vcs_bytes_total',
      'Bytes that clients of git and Mercurial sent (`in`) and got (`out`).',
      'type',
      'direction',
    );
    this.durations = meter.histogram(
      'vcs_request_duration_seconds',
      'Time to serve one request of a git or Mercurial client.',
      [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      'type',
      'operation',
    );
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
