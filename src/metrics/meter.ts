import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Bounds in seconds for what somebody waits for. */
export const WAITED_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes metrics that one registry shows. Labels must stay few: never a text that a client made up. */
export class Meter {
  private readonly registers: [Registry];

  constructor(registry: Registry) {
    this.registers = [registry];
  }

  counter<Label extends string = never>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: this.registers });
  }

  gauge<Label extends string = never>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: this.registers });
  }

  /** @param buckets upper bounds, ascending */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets, registers: this.registers });
  }
}
