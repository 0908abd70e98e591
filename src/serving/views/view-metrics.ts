import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import { Registry } from 'prom-client';
import { Meter, WAITED_S } from '../../metrics/meter.js';

const DOWNLOADS_S = [...WAITED_S, 60, 300, 1_800];

@Injectable()
export class ViewMetrics {
  private readonly requests: Counter<'view' | 'status'>;
  private readonly durations: Histogram<'view'>;

  constructor(registry: Registry) {
    const meter = new Meter(registry);
    this.requests = meter.counter(
      'web_view_requests_total',
      'Requests of web views by the status of their answer; the view `none` is an address that names none.',
      'view',
      'status',
    );
    this.durations = meter.histogram(
      'web_view_duration_seconds',
      'Time from a request of a web view to the end of its answer.',
      DOWNLOADS_S,
      'view',
    );
  }

  /** @param status `left` when the client went before the end */
  record(view: string, status: string, seconds: number): void {
    this.requests.labels(view, status).inc();
    this.durations.labels(view).observe(seconds);
  }
}
