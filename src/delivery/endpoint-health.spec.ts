import { describe, expect, it } from 'vitest';
import { blocked, delivered, gone, localFault, rejected, retry } from '../sdk/index.js';
import {
  afterAttempts,
  observationOf,
  type EndpointHealth,
  type HealthOptions,
  type Observation,
} from './endpoint-health.js';

const HEALTHY: EndpointHealth = {
  failuresInRow: 0,
  breakerOpenUntil: null,
  slowLevel: 0,
  slowedUntil: null,
  failingSince: null,
  failures: 0,
  warnedPercent: 0,
};
const OPTIONS: HealthOptions = { breakerFailures: 3, breakerPauseMs: 30_000, slowdownMs: 1_000 };
const T0 = Date.parse('2026-03-01T00:00:00Z');
const at = (ms: number) => new Date(T0 + ms);
const after = (health: EndpointHealth, kinds: Observation[], ms = 0) =>
  afterAttempts(health, kinds, at(ms), OPTIONS);
const success: Observation = { kind: 'success' };
const failure: Observation = { kind: 'failure' };
const overload = (retryAfterMs = 0): Observation => ({ kind: 'overload', retryAfterMs });
const DAY = 86_400_000;

describe('what an attempt says about the endpoint', () => {
  it.each([
    [delivered('HTTP_200'), success],
    [retry('HTTP_500', { status: 500 }), failure],
    [retry('TIMEOUT'), failure],
    [retry('HTTP_503', { status: 503 }), overload()],
    [retry('HTTP_429', { status: 429, retryAfterMs: 7_000 }), overload(7_000)],
    [gone('HTTP_410'), { kind: 'refusal' }],
    [rejected('NO_SUCH_CHANNEL'), { kind: 'refusal' }],
    [blocked('ADDRESS_BLOCKED'), null],
    [localFault('PROXY_FAILED'), null],
    [retry('ADAPTER_THREW'), null],
    [rejected('CONFIG_INVALID'), null],
  ])('%j: %j', (outcome, expected) => {
    expect(observationOf(outcome)).toEqual(expected);
  });
});

describe('the breaker', () => {
  it('opens after failures in a row, and a success in between begins the count anew', () => {
    const { health } = after(HEALTHY, [failure, failure, success, failure, failure]);
    expect(health).toMatchObject({ failuresInRow: 2, breakerOpenUntil: null, failures: 2 });
    expect(after(health, [failure]).health.breakerOpenUntil).toEqual(at(30_000));
  });

  it('is not kept open by what was on its way when it opened', () => {
    const open = after(HEALTHY, [failure, failure, failure, failure, failure]).health;
    expect(open).toMatchObject({ failuresInRow: 3, failures: 5, breakerOpenUntil: at(30_000) });
  });

  it('stays open twice as long after each failed probe, ten minutes at most, and closes with one that succeeds', () => {
    let health = after(HEALTHY, [failure, failure, failure]).health;
    const pauses: number[] = [];
    for (let probe = 0; probe < 7; probe++) {
      const now = (health.breakerOpenUntil?.getTime() ?? 0) - T0;
      health = after(health, [failure], now).health;
      pauses.push((health.breakerOpenUntil?.getTime() ?? 0) - T0 - now);
    }
    expect(pauses).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
    expect(after(health, [success], DAY).health).toEqual(HEALTHY);
  });
});

describe('an overloaded receiver', () => {
  it('is sent half as much after a pause that doubles, and more again with each success', () => {
    const first = after(HEALTHY, [overload()]).health;
    expect(first).toMatchObject({ slowLevel: 1, slowedUntil: at(1_000), failuresInRow: 0 });
    const second = after(first, [overload()], 1_000).health;
    expect(second).toMatchObject({ slowLevel: 2, slowedUntil: at(3_000) });
    const better = after(second, [success], 4_000).health;
    expect(better).toMatchObject({ slowLevel: 1, slowedUntil: null });
    expect(after(better, [success], 4_000).health).toEqual(HEALTHY);
  });

  it('is slowed down once for what comes back together, and for as long as it asks, a day at most', () => {
    const burst = after(HEALTHY, [overload(), overload(5_000), overload(2_000)]).health;
    expect(burst).toMatchObject({ slowLevel: 1, slowedUntil: at(5_000) });
    expect(after(HEALTHY, [overload(DAY * 3)]).health.slowedUntil).toEqual(at(DAY));
  });
});

describe('disabling', () => {
  const failing = (failures: number, warnedPercent = 0): EndpointHealth => ({
    ...HEALTHY,
    failingSince: at(0),
    failures,
    warnedPercent,
  });

  it.each([
    [2.4 * DAY, 30, 0, []],
    [2.5 * DAY, 8, 0, []],
    [2.5 * DAY, 9, 0, [{ kind: 'warned', percent: 50 }]],
    [3 * DAY, 30, 50, []],
    [4 * DAY, 30, 50, [{ kind: 'warned', percent: 80 }]],
    [9 * DAY, 18, 80, []],
    [5 * DAY, 19, 80, [{ kind: 'disabled' }]],
    [5 * DAY, 30, 0, [{ kind: 'disabled' }]],
    [5 * DAY, 30, 100, []],
  ])('after %d ms, %d failures and a warning at %d %% tells %j', (ms, failures, warned, notices) => {
    expect(after(failing(failures, warned), [failure], ms).notices).toEqual(notices);
  });

  it('is called off by one success, which is told when there had been a warning', () => {
    expect(after(failing(100), [success], 6 * DAY)).toEqual({ health: HEALTHY, notices: [] });
    expect(after(failing(100, 80), [success], 6 * DAY).notices).toEqual([{ kind: 'recovered' }]);
  });
});
