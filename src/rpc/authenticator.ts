import type { Principal } from './call.js';

/** Turns an API key into a principal; `access` implements it. */
export abstract class Authenticator {
  /**
   * Null for every reason alike: malformed, unknown, expired, user inactive, user is `default`, address not allowed.
   * Answers from the process cache without awaiting whenever it can.
   */
  abstract authenticate(key: string, ip: string): Promise<Principal | null> | Principal | null;
}
