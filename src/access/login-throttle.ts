import { limitedBy } from '../rpc/http/client-address.js';
import { TokenBuckets } from '../rpc/rate-limit.js';

const MINUTE_S = 60;

/** Lets so many failed logins a minute through, for each address and for each user name. */
export class LoginThrottle {
  private readonly addresses: TokenBuckets<string>;
  private readonly names: TokenBuckets<string>;

  /** @param perMinute 0 = no limit */
  constructor(perMinute: number) {
    this.addresses = new TokenBuckets(perMinute / MINUTE_S, MINUTE_S);
    this.names = new TokenBuckets(perMinute / MINUTE_S, MINUTE_S);
  }

  /**
   * Counts an attempt as failed, before its outcome is known, so that a thousand at once are no way around.
   * @param username absent: a key that is none
   * @returns 0 when it may go on, else the whole seconds to wait
   */
  attempt(ip: string, username?: string): number {
    const now = performance.now();
    const wait = this.addresses.take(limitedBy(ip), 1, now);
    if (wait > 0 || username === undefined) return wait;
    return this.names.take(username.toLowerCase(), 1, now);
  }

  /** It was none of those to count. */
  succeeded(ip: string, username: string): void {
    this.addresses.giveBack(limitedBy(ip), 1);
    this.names.giveBack(username.toLowerCase(), 1);
  }
}
