import { describe, expect, it } from 'vitest';
import { currentTrail, trailOf, withTrail } from './trail.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('the trail of a request', () => {
  it.each([
    [{}, null],
    [{ traceparent: TRACE }, { traceparent: TRACE, chain: [] }],
    [{ 'forgegate-event-chain': '12, 40,41' }, { traceparent: null, chain: [12, 40, 41] }],
    [
      { traceparent: '00-0-0-00', 'forgegate-event-chain': '1;2' },
      { traceparent: null, chain: [] },
    ],
    [{ traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }, { traceparent: null, chain: [] }],
    [
      { 'forgegate-event-chain': Array.from({ length: 33 }, () => '1').join(',') },
      { traceparent: null, chain: [] },
    ],
  ])('%j', (headers, trail) => {
    expect(trailOf(headers)).toEqual(trail);
  });

  it('is that of the work it was given to, however long that lasts, and of nothing else', async () => {
    const seen: unknown[] = [];
    const one = withTrail({ traceparent: TRACE, chain: [1] }, async () => {
      await Promise.resolve();
      seen.push(currentTrail().chain);
    });
    seen.push(currentTrail().chain);
    await one;
    expect(seen).toEqual([[], [1]]);
  });
});
