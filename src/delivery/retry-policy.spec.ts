import { describe, expect, it } from 'vitest';
import { blocked, delivered, gone, localFault, rejected, retry } from '../sdk/index.js';
import { RetryPolicy, type Attempted } from './retry-policy.js';

const HOUR = 3_600_000;
const scheduleS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
const policy = (random: () => number = () => 0.5) =>
  new RetryPolicy({ scheduleS, giveUpAfterMs: 30 * 24 * HOUR, random });
const attempted = (given: Partial<Attempted>): Attempted => ({
  outcome: retry('HTTP_500'),
  attempts: 1,
  roundStart: 0,
  localFaults: 0,
  ageMs: 0,
  ...given,
});

describe('RetryPolicy', () => {
  it('follows the schedule of Standard Webhooks and gives up after ten attempts', () => {
    const waits = scheduleS.map((_s, index) => policy().decide(attempted({ attempts: index + 1 })).delayMs);
    expect(waits).toEqual(scheduleS.map((seconds) => seconds * 1000));
    expect(policy().decide(attempted({ attempts: 10 }))).toMatchObject({ state: 'failed', delayMs: null });
  });

  it('spreads each wait by a fifth to both sides', () => {
    expect(policy(() => 0).decide(attempted({})).delayMs).toBe(4_000);
    expect(policy(() => 0.999_999).decide(attempted({})).delayMs).toBe(6_000);
  });

  it('waits as long as the receiver asked, up to a day, and never shorter than the schedule', () => {
    const wait = (retryAfterMs: number) =>
      policy().decide(attempted({ outcome: retry('HTTP_429', { retryAfterMs }) })).delayMs;
    expect(wait(600_000)).toBe(600_000);
    expect(wait(100 * HOUR)).toBe(24 * HOUR);
    expect(wait(1)).toBe(5_000);
  });

  it.each([delivered('HTTP_200'), gone('HTTP_410'), rejected('NO_CHANNEL'), blocked('ADDRESS_BLOCKED')])(
    'is done after $outcome',
    (outcome) => {
      expect(policy().decide(attempted({ outcome }))).toMatchObject({
        state: outcome.outcome,
        delayMs: null,
      });
    },
  );

  it('does not use up the schedule with faults of our own', () => {
    const first = policy().decide(
      attempted({ outcome: localFault('PROXY_FAILED'), attempts: 9, localFaults: 8 }),
    );
    expect(first).toEqual({ state: 'pending', delayMs: HOUR, localFaults: 9 });
    const then = policy().decide(attempted({ attempts: 10, localFaults: 9 }));
    expect(then).toMatchObject({ state: 'pending', delayMs: 5_000 });
  });

  it('gives a delivery up when nothing but our own faults kept it for as long as events are kept', () => {
    const outcome = localFault('ADAPTER_MISSING');
    expect(policy().decide(attempted({ outcome, ageMs: 31 * 24 * HOUR })).state).toBe('failed');
  });

  it('starts the schedule again for a delivery that was sent again', () => {
    expect(policy().decide(attempted({ attempts: 11, roundStart: 10 })).delayMs).toBe(5_000);
  });
});
