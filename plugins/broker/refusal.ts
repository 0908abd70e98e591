import { gone, type Outcome } from 'forgegate/sdk';
import type { BrokerConnection } from './message.js';

/** A broker that does not know us says so to every delivery; the first of them disables the subscription. */
export const refusedLogin = (code: string): BrokerConnection =>
  refusing(
    gone(code, {
      reason: 'the broker refuses config.username, config.password or config.token, or what they may do',
    }),
  );

const refusing = (outcome: Outcome): BrokerConnection => ({
  isOpen: false,
  publish: () => Promise.resolve(outcome),
  close: () => undefined,
});
