import { Inject, Injectable, Optional } from '@nestjs/common';
import { type Counter, type Histogram, Registry } from 'prom-client';
import { Meter, WAITED_S } from '../../metrics/meter.js';
import type { RepoType } from '../../vcs/vcs.js';

/** `refused`: a hook got a reason; `unchanged`: nothing came of it. */
export type PushOutcome = 'changed' | 'unchanged' | 'refused' | 'failed';

@Injectable()
export class PushMetrics {
  private readonly pushes: Counter<'repo_type' | 'source' | 'outcome'>;
  private readonly hooks: Histogram<'stage'>;
  private readonly records: Histogram<'repo_type'>;

  constructor(@Optional() @Inject(Registry) registry: Registry = new Registry()) {
    const meter = new Meter(registry);
    this.pushes = meter.counter(
      'pushes_total',
      'Pushes, pulls and merges by what became of them; recovered ones belong to a gateway that died.',
      'repo_type',
      'source',
      'outcome',
    );
    this.hooks = meter.histogram(
      'push_hook_duration_seconds',
      'Time in which the gateway answered a hook, policies included.',
      WAITED_S,
      'stage',
    );
    this.records = meter.histogram(
      'push_recording_duration_seconds',
      'Time from the end of a push to its events.',
      WAITED_S,
      'repo_type',
    );
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
