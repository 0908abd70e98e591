import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

const never = new AbortController().signal;
const LONG_MS = 60_000;

describe('a place', () => {
  it('is given to who waits the longest and may have it', async () => {
    const slots = new Slots(2, 1, LONG_MS);
    const first = slots.take('ann');
    const second = slots.take('bob');
    const order: string[] = [];
    const wait = async (client: string, name: string) => {
      const release = await slots.wait(client, never);
      order.push(name);
      return release;
    };
    const waiting = [wait('ann', 'ann again'), wait('cid', 'cid'), wait('ann', 'ann once more')];
    second?.();
    const ofCid = await waiting[1];
    expect(order).toEqual(['cid']);
    ofCid?.();
    expect(slots.take('ann')).toBeNull();
    first?.();
    (await waiting[0])?.();
    await waiting[2];
    expect(order).toEqual(['cid', 'ann again', 'ann once more']);
  });

  it('is not waited for longer than is allowed, by too many, by who left, or when the server stops', async () => {
    const slots = new Slots(1, 1, 30);
    slots.take('ann');
    expect(await slots.wait('ann', never)).toBeNull();
    const patient = new Slots(1, 1, LONG_MS);
    patient.take('ann');
    const leaver = new AbortController();
    const left = patient.wait('bob', leaver.signal);
    leaver.abort();
    expect(await left).toBeNull();
    const waiting = Array.from({ length: 4 }, () => patient.wait('bob', never));
    expect(await patient.wait('cid', never)).toBeNull();
    patient.refuseWaiting();
    expect(await Promise.all(waiting)).toEqual([null, null, null, null]);
    expect(await new Slots(0, 0).wait('ann', never)).toBeNull();
  });
});
