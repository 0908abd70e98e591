import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LONGEST_CHAIN, trailOf, withTrail } from '../../src/trail/trail.js';
import { deliveryRig, type Rig } from '../harness/delivery-rig.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

let rig: Rig;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  rig = await deliveryRig();
});
afterEach(async () => {
  await rig.close();
  await receiver.close();
});

describe('the trail of an event', () => {
  it('is sent on: the same trace with a span for each attempt', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    receiver.answer = (_received, response, count) => response.writeHead(count === 1 ? 500 : 200).end();
    await rig.subscribe({ url: receiver.url });
    const eventId = await withTrail({ traceparent: `00-${trace}-00f067aa0ba902b7-01`, chain: [7] }, () =>
      rig.happen(),
    );
    rig.start();
    const [first, second] = await receiver.has(2);
    const parents = [first, second].map((received) => String(received?.headers.traceparent));
    for (const parent of parents) expect(parent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(new Set([...parents, `00-${trace}-00f067aa0ba902b7-01`]).size).toBe(3);
    expect(first?.headers['forgegate-event-chain']).toBe(`7,${eventId}`);
    await rig.settled();
  });

  it('ends what goes round: a receiver that causes an event for each one it gets is not sent the last', async () => {
    await rig.subscribe({ url: receiver.url });
    receiver.answer = ({ headers }, response) => {
      void withTrail(trailOf(headers), () => rig.happen()).then(() => response.end());
    };
    await rig.happen();
    rig.start();
    await receiver.has(LONGEST_CHAIN);
    await rig.settled();
    expect(receiver.received).toHaveLength(LONGEST_CHAIN);
    const { items } = await rig.deliveries.list();
    expect(items).toHaveLength(LONGEST_CHAIN + 1);
    expect(items[0]).toMatchObject({
      state: 'blocked',
      code: 'EVENT_CHAIN_TOO_LONG',
      reason: '10 events led to this one: it seems to go round',
      attempts: 0,
    });
  });
});
