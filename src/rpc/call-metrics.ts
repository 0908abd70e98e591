import { Inject, Injectable, Optional } from '@nestjs/common';
import { type Counter, type Histogram, Registry } from 'prom-client';
import { Meter, WAITED_S } from '../metrics/meter.js';

/** Metrics of one method, its labels bound once. */
export interface MethodMetrics {
  record(outcome: string, seconds: number): void;
}

@Injectable()
export class CallMetrics {
  private readonly calls: Counter<'method' | 'outcome'>;
  private readonly durations: Histogram<'method'>;

  /** @param registry what `/_admin/metrics` shows */
  constructor(@Optional() @Inject(Registry) registry: Registry = new Registry()) {
    const meter = new Meter(registry);
    this.calls = meter.counter(
      'rpc_calls_total',
      'JSON-RPC calls by method and outcome.',
      'method',
      'outcome',
    );
    this.durations = meter.histogram(
      'rpc_call_duration_seconds',
      'Time from the read request to the answer of a JSON-RPC call.',
      WAITED_S,
      'method',
    );
  }

  /** @param method a registered name, never one that a client made up: labels must stay few */
  for(method: string): MethodMetrics {
    const duration = this.durations.labels(method);
    const outcomes = new Map<string, Counter.Internal>();
    return {
      record: (outcome, seconds) => {
        let counter = outcomes.get(outcome);
        if (!counter) outcomes.set(outcome, (counter = this.calls.labels(method, outcome)));
        counter.inc();
        duration.observe(seconds);
      },
    };
  }
}
