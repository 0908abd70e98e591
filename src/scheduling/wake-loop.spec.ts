import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WakeLoop } from './wake-loop.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function loopOf(work: () => Promise<boolean>, options: { pauseMs?: number; gapMs?: number } = {}) {
  const failed: unknown[] = [];
  const loop = new WakeLoop(work, { pauseMs: 1_000, failed: (error) => failed.push(error), ...options });
  return { loop, failed };
}

describe('WakeLoop', () => {
  it('works at the start, then after each pause', async () => {
    let runs = 0;
    const { loop } = loopOf(() => Promise.resolve(++runs < 0));
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(runs).toBe(3);
    await loop.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(runs).toBe(3);
  });

  it('goes on at once while there is more', async () => {
    let left = 5;
    const { loop } = loopOf(() => Promise.resolve(--left > 0));
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(left).toBe(0);
    await loop.stop();
  });

  it('never runs twice at once, and runs again when it was woken meanwhile', async () => {
    let runs = 0;
    let finish: () => void = () => undefined;
    const { loop } = loopOf(() => {
      runs += 1;
      return new Promise((resolve) => (finish = () => resolve(false)));
    });
    loop.start();
    loop.wake();
    loop.wake();
    expect(runs).toBe(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(2);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(2);
    await loop.stop();
  });

  it('gathers wake-ups that come faster than its gap', async () => {
    let runs = 0;
    const { loop } = loopOf(() => Promise.resolve(++runs < 0), { gapMs: 10 });
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    for (let count = 0; count < 8; count++) {
      loop.wake();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(runs).toBe(2);
    await vi.advanceTimersByTimeAsync(50);
    loop.wake();
    expect(runs).toBe(3);
    await loop.stop();
  });

  it('reports an error, pauses and goes on', async () => {
    let runs = 0;
    const { loop, failed } = loopOf(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('down')) : Promise.resolve(false);
    });
    loop.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(failed).toEqual([new Error('down')]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs).toBe(2);
    await loop.stop();
  });

  it('does not repeat the same trouble line after line', async () => {
    let broken = true;
    const { loop, failed } = loopOf(() =>
      broken ? Promise.reject(new Error('down')) : Promise.resolve(false),
    );
    loop.start();
    await vi.advanceTimersByTimeAsync(99_000);
    expect(failed).toHaveLength(7);
    broken = false;
    await vi.advanceTimersByTimeAsync(1_000);
    broken = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(failed).toHaveLength(8);
    await loop.stop();
  });

  it('waits for the work at hand when it is stopped', async () => {
    let finish: () => void = () => undefined;
    const { loop } = loopOf(() => new Promise((resolve) => (finish = () => resolve(true))));
    loop.start();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(10);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(stopped).toBe(true);
  });
});
