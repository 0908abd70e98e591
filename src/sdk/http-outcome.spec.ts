import { describe, expect, it } from 'vitest';
import { HttpFailure } from './adapter.js';
import { outcomeOf, outcomeOfFailure, outcomeOfResponse, retryAfterMs, urlProblem } from './http-outcome.js';

const now = new Date('2026-03-01T12:00:00Z');
const answer = (status: number, headers: Record<string, string> = {}) =>
  outcomeOfResponse({ status, headers, body: '', truncated: false }, now);

describe('outcomeOfResponse', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'retry'],
    [307, 'retry'],
    [304, 'retry'],
    [400, 'retry'],
    [404, 'retry'],
    [410, 'gone'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i is %s', (status, outcome) => {
    expect(answer(status)).toMatchObject({ outcome, code: `HTTP_${status}`, status });
  });

  it('says that redirects are not followed', () => {
    expect(answer(302).reason).toContain('not followed');
  });

  it('hands on the pause that the receiver asked for', () => {
    expect(answer(429, { 'retry-after': '120' }).retryAfterMs).toBe(120_000);
    expect(answer(503, { 'retry-after': 'Sun, 01 Mar 2026 12:10:00 GMT' }).retryAfterMs).toBe(600_000);
    expect(answer(503).retryAfterMs).toBeUndefined();
  });
});

describe('retryAfterMs', () => {
  it.each(['', 'soon', '-5', '0', 'Sun, 01 Mar 2026 11:00:00 GMT', '99999999999999999999'])(
    'ignores %j',
    (value) => {
      expect(retryAfterMs(value, now)).toBeUndefined();
    },
  );
});

describe('outcomeOfFailure', () => {
  it.each([
    ['blocked', 'ADDRESS_BLOCKED', 'blocked'],
    ['remote', 'TIMEOUT', 'retry'],
    ['local', 'PROXY_FAILED', 'local_fault'],
    ['local', 'BAD_URL', 'rejected'],
  ] as const)('%s %s is %s', (kind, code, outcome) => {
    expect(outcomeOfFailure(new HttpFailure(kind, code, 'because'))).toEqual({
      outcome,
      code,
      reason: 'because',
    });
  });

  it('does not swallow a bug', () => {
    expect(() => outcomeOfFailure(new TypeError('oops'))).toThrow('oops');
  });
});

describe('outcomeOf', () => {
  it('judges an answer, and a failure by itself', async () => {
    const response = { status: 204, headers: {}, body: '', truncated: false };
    expect(await outcomeOf(Promise.resolve(response))).toMatchObject({ outcome: 'delivered' });
    expect(await outcomeOf(Promise.resolve(response), () => ({ outcome: 'gone', code: 'X' }))).toEqual({
      outcome: 'gone',
      code: 'X',
    });
    const failure = new HttpFailure('blocked', 'ADDRESS_BLOCKED', 'because');
    expect(await outcomeOf(Promise.reject(failure))).toMatchObject({ outcome: 'blocked' });
  });
});

describe('urlProblem', () => {
  it.each([
    ['https://chat.example/hook', null],
    ['chat.example/hook', 'config.hook must be an http or https URL'],
    ['ftp://chat.example', 'config.hook must be an http or https URL'],
    ['https://me:pw@chat.example', 'config.hook must not hold a user name or password'],
  ])('%s: %s', (url, expected) => {
    expect(urlProblem('hook', url)).toBe(expected);
  });
});
