import type { CallsPlan } from './calls/calls.js';
import type { ClientsPlan } from './clients/clients.js';
import type { DeliveryPlan } from './delivery/delivery.js';
import type { FanoutPlan } from './fanout/fanout.js';
import type { PluginsPlan } from './plugins/plugins.js';
import type { ReadingPlan } from './reading/reading.js';
import type { ScalePlan } from './scale/scale.js';

export interface Plan {
  readonly calls: CallsPlan;
  readonly scale: ScalePlan;
  readonly delivery: DeliveryPlan;
  readonly fanout: FanoutPlan;
  readonly reading: ReadingPlan;
  readonly clients: ClientsPlan;
  readonly plugins: PluginsPlan;
}

/** About twenty minutes. */
export const FULL: Plan = {
  calls: { rounds: 7, sliceMs: 1_000, warmUpMs: 1_500, connections: 32 },
  scale: { rounds: 9, sliceMs: 1_000, warmUpMs: 1_500, connections: 32 },
  delivery: {
    rates: [50, 200],
    rounds: 5,
    roundSeconds: 5,
    warmUpSeconds: 3,
    idle: { events: 5, gapMs: 2_500 },
    capacity: { rounds: 5, steps: [600, 800, 1_000, 1_200, 1_500], stepSeconds: 3 },
    accept: { rounds: 5, sliceMs: 500 },
    drain: { rounds: 5, events: 10_000 },
  },
  fanout: {
    drains: {
      rounds: 5,
      subscriptions: 10,
      events: 1_000,
      warmUpEvents: 200,
      workers: [1, 2, 3],
      receiverMs: 0,
    },
    waiting: {
      rounds: 5,
      subscriptions: 20,
      events: 250,
      warmUpEvents: 60,
      workers: [1, 2, 3],
      receiverMs: 100,
    },
    fairness: { rounds: 12, roundSeconds: 5, warmUpSeconds: 5, ratePerSecond: 100 },
  },
  reading: { rounds: 9, visits: 9, changesetCalls: 500 },
  clients: { rounds: 7, mib: 32 },
  plugins: { rounds: 11, sliceMs: 1_000, warmUpMs: 1_500, connections: 32 },
};

/** Some seconds: shows that everything runs, says nothing about speed. */
export const QUICK: Plan = {
  calls: { rounds: 2, sliceMs: 150, warmUpMs: 150, connections: 8 },
  scale: { rounds: 2, sliceMs: 150, warmUpMs: 150, connections: 8 },
  delivery: {
    rates: [50],
    rounds: 1,
    roundSeconds: 1,
    warmUpSeconds: 0.2,
    idle: { events: 1, gapMs: 300 },
    capacity: { rounds: 1, steps: [100], stepSeconds: 0.5 },
    accept: { rounds: 1, sliceMs: 100 },
    drain: { rounds: 1, events: 100 },
  },
  fanout: {
    drains: { rounds: 1, subscriptions: 2, events: 20, warmUpEvents: 5, workers: [1, 2], receiverMs: 0 },
    waiting: { rounds: 1, subscriptions: 2, events: 20, warmUpEvents: 5, workers: [1, 2], receiverMs: 20 },
    fairness: { rounds: 1, roundSeconds: 0.5, warmUpSeconds: 0.2, ratePerSecond: 50 },
  },
  reading: { rounds: 2, visits: 1, changesetCalls: 20 },
  clients: { rounds: 1, mib: 4 },
  plugins: { rounds: 2, sliceMs: 150, warmUpMs: 150, connections: 8 },
};
