import { Inject, Injectable, Optional } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

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
    this.calls = new Counter({
      name: 'rpc_calls_total',
      help: 'JSON-RPC calls by method and outcome.',
      labelNames: ['method', 'outcome'],
      registers: [registry],
    });
    this.durations = new Histogram({
      name: 'rpc_call_duration_seconds',
      help: 'Time from the read request to the answer of a JSON-RPC call.',
      labelNames: ['method'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    });
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
