import type { ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
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

describe('workers on one database', () => {
  it.each([2, 3])('deliver nothing twice while nobody kills them: %i', async (workers) => {
    await stage.startGateway({ FORGEGATE_ROLES: 'api' });
    await stage.subscribe();
    for (let count = 0; count < workers; count++) stage.startWorker();
    await stage.change();
    while (stage.ledger.arrived === 0) await pause(50);
    const load = stage.load();
    await pause(5_000);
    await load.stop();
    await stage.complete();
    expectNothingLost(0);
  });

  it('have more under way with each that comes, and go on with what one of them had when it was killed', async () => {
    const places = 4;
    const settings = {
      FORGEGATE_DELIVERY_CONCURRENCY: String(places),
      FORGEGATE_DELIVERY_TIMEOUT_MS: '120000',
    };
    const open = new Map<string, ServerResponse>();
    const cut: string[] = [];
    const repeated: string[] = [];
    stage.ledger.answers(({ headers }, response, isRepeated) => {
      const id = String(headers['webhook-id']);
      if (isRepeated) repeated.push(id);
      open.set(id, response);
      response.once('close', () => {
        if (!response.writableFinished) cut.push(id);
        open.delete(id);
      });
    });
    await stage.startGateway({ FORGEGATE_ROLES: 'api' });
    await stage.subscribe({ max_in_flight: 100 });
    for (let count = 0; count < 60; count++) await stage.change();
    const workers: ChildProcess[] = [];
    for (const count of [1, 2, 3]) {
      workers.push(stage.startWorker(settings));
      await expect.poll(() => open.size, { timeout: 60_000 }).toBe(count * places);
    }
    expect(repeated).toEqual([]);

    await end(workers[1] as ChildProcess);
    await expect.poll(() => cut.length, { timeout: 10_000 }).toBe(places);
    stage.ledger.answers(({ headers }, response, isRepeated) => {
      if (isRepeated) repeated.push(String(headers['webhook-id']));
      response.end();
    });
    for (const response of open.values()) response.end();
    await stage.complete();
    expectNothingLost(0);
    expect(repeated.toSorted()).toEqual(cut.toSorted());
  });
});
