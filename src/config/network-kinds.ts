import ipaddr from 'ipaddr.js';
import type { Kind } from './setting-kinds.js';

export function url(...protocols: string[]): Kind<string> {
  return {
    allowed: `a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    parse(given) {
      const parsed = parseUrl(given);
      return parsed && protocols.includes(parsed.protocol.slice(0, -1)) && parsed.hostname
        ? given
        : undefined;
    },
  };
}

/** Not read by `URL`, which refuses the form for sockets, `postgres://user@/database?host=/folder`. */
export const databaseUrl: Kind<string> = {
  allowed: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, or postgres://USER@/DATABASE?host=/SOCKET/FOLDER',
  parse: (given) => (/^postgres(ql)?:\/\/\S*\/\S+$/.test(given) ? given : undefined),
};

/** Base of links: no query, no trailing slash. */
export const baseUrl: Kind<string> = {
  allowed: 'a URL that begins with http:// or https://, without a query',
  parse(given) {
    const parsed = parseUrl(given);
    if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash || parsed.username)
      return undefined;
    return parsed.href.replace(/\/+$/, '');
  },
};

export const origin: Kind<string> = {
  allowed: '* or an origin such as https://app.example.com',
  parse(given) {
    if (given === '*') return given;
    const parsed = parseUrl(given);
    return parsed && parsed.origin !== 'null' && given.replace(/\/$/, '') === parsed.origin
      ? parsed.origin
      : undefined;
  },
};

/** A single address counts as a network of one. */
export const network: Kind<string> = {
  allowed: 'an address or a network such as 10.0.0.0/8 or fd00::/8',
  parse(given) {
    if (ipaddr.isValidCIDR(given)) return given;
    if (given.includes('/') || !isFullAddress(given)) return undefined;
    return `${given}/${ipaddr.parse(given).kind() === 'ipv4' ? 32 : 128}`;
  },
};

export const listenHost: Kind<string> = {
  allowed: 'an address or a host name to listen on, without a port',
  parse: (given) =>
    isFullAddress(given) || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(given) ? given : undefined,
};

/** What a browser on the same machine would use. */
export function localUrl(host: string, port: number): string {
  const wildcard = host === '0.0.0.0' || host === '::';
  const name = wildcard ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function isFullAddress(given: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(given) || ipaddr.IPv6.isValid(given);
}

/** `URL.parse` is younger than the oldest Node that is supported. */
function parseUrl(given: string): URL | null {
  return URL.canParse(given) ? new URL(given) : null;
}
