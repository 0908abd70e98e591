import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Authenticator } from '../rpc/authenticator.js';
import type { Principal } from '../rpc/call.js';
import { credentialsOf, type Credentials } from './http-credentials.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordAuthenticator } from './password-authenticator.js';

/** Goes with every 401 (header `WWW-Authenticate`). */
export const CHALLENGE = 'Basic realm="Forgegate", charset="UTF-8"';

/** Who sent a plain HTTP request. */
export type Identity =
  /** `anonymous`: nobody signed in. What he may not see is answered with 401, others get 404. */
  | { readonly kind: 'known'; readonly principal: Principal; readonly anonymous: boolean }
  /** No credentials where some are needed, or wrong ones, for whatever reason: 401 with {@link CHALLENGE}. */
  | { readonly kind: 'unknown' }
  /** Too many failed logins: 429 with `Retry-After`. */
  | { readonly kind: 'throttled'; readonly retryAfterS: number };

/**
 * Tells who sends a request beside the JSON-RPC paths: Basic with a user's name and his password or one of his API keys,
 * or with a key in place of the name; `Authorization: Bearer` or `Authentication: Bearer` with a key; nothing at all
 * while anonymous access is on. A good key, and a password that was right a moment ago, is never throttled.
 */
@Injectable()
export class HttpAuthenticator {
  private readonly throttle: LoginThrottle;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly keys: Authenticator,
    private readonly passwords: PasswordAuthenticator,
  ) {
    this.throttle = new LoginThrottle(settings.failedLoginsPerMinute);
  }

  /** @param ip as `ClientAddresses` tells it */
  identify(headers: IncomingHttpHeaders, ip: string): Promise<Identity> {
    return this.identifyBy(credentialsOf(headers), ip);
  }

  /** A key from elsewhere than the headers: `?api_key=`. */
  identifyByKey(key: string, ip: string): Promise<Identity> {
    return this.identifyBy({ kind: 'key', key }, ip);
  }

  private async identifyBy(credentials: Credentials, ip: string): Promise<Identity> {
    switch (credentials.kind) {
      case 'none':
        return known(await this.passwords.everybody(ip), true);
      case 'unusable':
        return { kind: 'unknown' };
      case 'key':
        return this.byKey(credentials.key, ip);
      case 'login':
        return this.login(credentials.username, credentials.secret, ip);
    }
  }

  private async login(username: string, secret: string, ip: string): Promise<Identity> {
    const keyHolder =
      (await this.keys.authenticate(username, ip)) ?? (await this.ownKey(username, secret, ip));
    if (keyHolder) return known(keyHolder);
    const recalled = this.passwords.recall(username, secret, ip);
    if (recalled) return known(await recalled);
    const retryAfterS = this.throttle.attempt(ip, username);
    if (retryAfterS > 0) return { kind: 'throttled', retryAfterS };
    const principal = await this.passwords.check(username, secret, ip);
    if (principal) this.throttle.succeeded(ip, username);
    return known(principal);
  }

  private async ownKey(username: string, secret: string, ip: string): Promise<Principal | null> {
    const holder = await this.keys.authenticate(secret, ip);
    return holder?.username.toLowerCase() === username.toLowerCase() ? holder : null;
  }

  private async byKey(key: string, ip: string): Promise<Identity> {
    const holder = await this.keys.authenticate(key, ip);
    if (holder) return known(holder);
    const retryAfterS = this.throttle.attempt(ip);
    return retryAfterS > 0 ? { kind: 'throttled', retryAfterS } : { kind: 'unknown' };
  }
}

const known = (principal: Principal | null, anonymous = false): Identity =>
  principal ? { kind: 'known', principal, anonymous } : { kind: 'unknown' };
