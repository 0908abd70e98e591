import { HttpFailure } from '../sdk/index.js';
import { AddressRefusedError } from './address-policy.js';

type Kind = HttpFailure['kind'];

const KNOWN: Readonly<Record<string, readonly [kind: Kind, code: string, message: string]>> = {
  ENOTFOUND: ['remote', 'NAME_NOT_FOUND', 'the host name does not exist'],
  ENODATA: ['remote', 'NAME_NOT_FOUND', 'the host name has no address'],
  EAI_AGAIN: ['local', 'RESOLVER_FAILED', 'our name resolver did not answer'],
  ECONNREFUSED: ['remote', 'CONNECTION_REFUSED', 'the receiver refused the connection'],
  ECONNRESET: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
  EPIPE: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
  UND_ERR_SOCKET: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
  EHOSTUNREACH: ['remote', 'HOST_UNREACHABLE', 'no route to the receiver'],
  ENETUNREACH: ['local', 'NETWORK_UNREACHABLE', 'our network does not reach the receiver'],
  ETIMEDOUT: ['remote', 'CONNECT_TIMEOUT', 'the receiver did not take the connection in time'],
  UND_ERR_CONNECT_TIMEOUT: ['remote', 'CONNECT_TIMEOUT', 'the receiver did not take the connection in time'],
  UND_ERR_HEADERS_TIMEOUT: ['remote', 'TIMEOUT', 'the receiver did not answer in time'],
  UND_ERR_HEADERS_OVERFLOW: ['remote', 'BAD_RESPONSE', 'the answer has too many headers'],
  EPROTO: ['remote', 'TLS_FAILED', 'the receiver does not speak TLS as we do'],
  EMFILE: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free sockets'],
  ENFILE: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free sockets'],
  EADDRNOTAVAIL: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free ports'],
  UND_ERR_INVALID_ARG: [
    'local',
    'BAD_REQUEST',
    'the request cannot be sent: a header or the URL is malformed',
  ],
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|^ERR_(TLS|SSL)/;

/**
 * What an error of the resolver, the socket, TLS or undici means for a delivery. Messages name no address.
 * @param viaProxy whose fault a lost connection is cannot be known then, so it is never the receiver's
 */
export function httpFailure(error: unknown, viaProxy: boolean): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (error instanceof AddressRefusedError)
    return new HttpFailure('blocked', 'ADDRESS_BLOCKED', error.message);
  const { code = '', name = '', message = '' } = error as { code?: string; name?: string; message?: string };
  const options = { cause: error };
  if (name === 'TimeoutError') return new HttpFailure('remote', 'TIMEOUT', 'no answer in time', options);
  if (CERTIFICATE.test(code)) {
    return new HttpFailure(
      'remote',
      'TLS_FAILED',
      `the receiver's certificate is refused (${code})`,
      options,
    );
  }
  if (name === 'HTTPParserError') {
    return new HttpFailure('remote', 'BAD_RESPONSE', 'the answer is not HTTP', options);
  }
  const known = KNOWN[code];
  if (viaProxy && known?.[1] !== 'TIMEOUT' && known?.[1] !== 'BAD_REQUEST') {
    const proxySaid = /^Proxy response \((\d+)\)/.exec(message)?.[1];
    const why = proxySaid ? `it answered ${proxySaid}` : code || 'it did not connect';
    return new HttpFailure('local', 'PROXY_FAILED', `the egress proxy did not get through: ${why}`, options);
  }
  if (known) return new HttpFailure(...known, options);
  return new HttpFailure(
    'remote',
    'CONNECTION_FAILED',
    `the connection failed${code && ` (${code})`}`,
    options,
  );
}
