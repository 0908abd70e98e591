import { Inject, Injectable, Optional } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { RepoType } from '../../vcs/vcs.js';

/** `refused`: a hook got a reason; `unchanged`: nothing came of it. */
export type PushOutcome = 'changed' | 'unchanged' | 'refused' | 'failed';

@Injectable()
export class PushMetrics {
  private readonly pushes: Counter<'repo_type' | 'source' | 'outcome'>;
  private readonly hooks: Histogram<'stage'>;
  private readonly records: Histogram<'repo_type'>;

  constructor(@Optional() @Inject(Registry) registry: Registry = new Registry()) {
    const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    this.pushes = new Counter({
      name: 'pushes_total',
      help: 'Pushes, pulls and merges by what became of them; recovered ones belong to a gateway that died.',
      labelNames: ['repo_type', 'source', 'outcome'],
      registers: [registry],
    });
    this.hooks = new Histogram({
      name: 'push_hook_duration_seconds',
      help: 'Time in which the gateway answered a hook, policies included.',
      labelNames: ['stage'],
      buckets,
      registers: [registry],
    });
    this.records = new Histogram({
      name: 'push_recording_duration_seconds',
      help: 'Time from the end of a push to its events.',
      labelNames: ['repo_type'],
      buckets,
      registers: [registry],
    });
  }

  ended(type: RepoType, source: string, outcome: PushOutcome): void {
    this.pushes.labels(type, source, outcome).inc();
  }

  answered(stage: string, seconds: number): void {
    this.hooks.labels(stage).observe(seconds);
  }

  recorded(type: RepoType, seconds: number): void {
    this.records.labels(type).observe(seconds);
  }
}
