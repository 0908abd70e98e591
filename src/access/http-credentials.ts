import type { IncomingHttpHeaders } from 'node:http';

/** What a request shows of who sends it. `unusable`: something, but nothing that could be a key or a login. */
export type Credentials =
  | { readonly kind: 'none' | 'unusable' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'login'; readonly username: string; readonly secret: string };

const LONGEST = 1_024;

/** From `Authorization`, else from `Authentication`, which Kallithea's documentation names for keys. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const given = headers.authorization ?? headers.authentication;
  if (given === undefined || given === '') return { kind: 'none' };
  if (typeof given !== 'string' || given.length > LONGEST) return { kind: 'unusable' };
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)\s*$/.exec(given) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return { kind: 'key', key: value };
    case 'basic':
      return login(Buffer.from(value, 'base64').toString('utf8'));
    default:
      return { kind: 'unusable' };
  }
}

function login(text: string): Credentials {
  const colon = text.indexOf(':');
  if (colon < 0 || /\p{Cc}/u.test(text)) return { kind: 'unusable' };
  return { kind: 'login', username: text.slice(0, colon), secret: text.slice(colon + 1) };
}
