import { CHALLENGE } from '../../access/http-authenticator.js';

/** Why a client of git or Mercurial gets nothing. The message is shown to its user. */
export class ClientRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ClientRefusal';
  }
}

export const mustSignIn = () =>
  new ClientRefusal(401, 'Sign in with your user name and your password or an API key', {
    'www-authenticate': CHALLENGE,
  });

/** @param retryAfterS whole seconds */
export const unavailable = (message: string, retryAfterS: number, status: 429 | 503 = 503) =>
  new ClientRefusal(status, message, { 'retry-after': String(retryAfterS) });
