import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { end, FaultStage, MOST_IN_FLIGHT, pause, RUNS, sometime } from './stage.js';

let stage: FaultStage;

beforeEach(async () => {
  stage = await FaultStage.open();
});
afterEach(() => stage.close());

function expectNothingLost(mostDuplicates: number): void {
  const { accepted, lost, duplicates, ambiguous } = stage.ledger.account();
  expect(accepted).toBeGreaterThan(0);
  expect(lost).toEqual([]);
  expect(ambiguous).toEqual([]);
  expect(duplicates).toBeLessThanOrEqual(mostDuplicates);
}

describe('nothing that was accepted is lost', () => {
  it(`when the gateway is killed ${RUNS} times at random moments`, async () => {
    await stage.startGateway();
    await stage.subscribe();
    await stage.change();
    for (let run = 0; run < RUNS; run++) {
      const load = stage.load();
      await sometime(500);
      await stage.gateway.kill();
      await load.stop();
      await stage.startGateway();
    }
    await stage.complete();
    expectNothingLost(RUNS * MOST_IN_FLIGHT);
  });

  it(`when one of two workers is killed ${RUNS} times, whose work the other one resumes`, async () => {
    await stage.startGateway({ FORGEGATE_ROLES: 'api' });
    await stage.subscribe();
    let workers = [stage.startWorker(), stage.startWorker()];
    const load = stage.load(2, 5);
    for (let run = 0; run < RUNS; run++) {
      await sometime(700);
      const [victim, other] = workers;
      if (victim) await end(victim);
      workers = [...(other ? [other] : []), stage.startWorker()];
    }
    await load.stop();
    await stage.complete();
    expectNothingLost(RUNS * MOST_IN_FLIGHT);
  });

  it(`when PostgreSQL is stopped immediately ${Math.ceil(RUNS / 5)} times`, async () => {
    await stage.startGateway();
    await stage.subscribe();
    const load = stage.load();
    for (let run = 0; run < Math.ceil(RUNS / 5); run++) {
      await sometime(1_000);
      await stage.crashPostgres();
      await sometime(200);
      await stage.startPostgres();
    }
    await load.stop();
    await stage.complete();
    expectNothingLost(Math.ceil(RUNS / 5) * MOST_IN_FLIGHT);
  });

  it('when PostgreSQL is away for 30 seconds', async () => {
    await stage.startGateway();
    await stage.subscribe();
    const load = stage.load(2, 20);
    await pause(1_000);
    await stage.crashPostgres();
    await pause(30_000);
    await stage.startPostgres();
    const before = stage.ledger.accepted.size;
    while (stage.ledger.accepted.size < before + 20) await pause(50);
    await load.stop();
    await stage.complete();
    expectNothingLost(MOST_IN_FLIGHT);
  });
});

describe('workers that nobody kills', () => {
  it('deliver nothing twice, however many there are', async () => {
    await stage.startGateway({ FORGEGATE_ROLES: 'api' });
    await stage.subscribe();
    for (let count = 0; count < 3; count++) stage.startWorker();
    await stage.change();
    while (stage.ledger.arrived === 0) await pause(50);
    const load = stage.load();
    await pause(5_000);
    await load.stop();
    await stage.complete();
    expectNothingLost(0);
  });
});
