import { HttpFailure } from '../sdk/index.js';
import { isCertificateFault, socketFailure } from '../sdk/sockets.js';
import { AddressRefusedError } from './address-policy.js';

const UNDICI: Readonly<Record<string, readonly [kind: HttpFailure['kind'], code: string, message: string]>> =
  {
    UND_ERR_SOCKET: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
    UND_ERR_CONNECT_TIMEOUT: [
      'remote',
      'CONNECT_TIMEOUT',
      'the receiver did not take the connection in time',
    ],
    UND_ERR_HEADERS_TIMEOUT: ['remote', 'TIMEOUT', 'the receiver did not answer in time'],
    UND_ERR_HEADERS_OVERFLOW: ['remote', 'BAD_RESPONSE', 'the answer has too many headers'],
    UND_ERR_INVALID_ARG: [
      'local',
      'BAD_REQUEST',
      'the request cannot be sent: a header or the URL is malformed',
    ],
  };

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
  if (name === 'TimeoutError' || isCertificateFault(code)) return socketFailure(error);
  if (name === 'HTTPParserError') {
    return new HttpFailure('remote', 'BAD_RESPONSE', 'the answer is not HTTP', options);
  }
  const known = UNDICI[code];
  if (viaProxy && known?.[1] !== 'TIMEOUT' && known?.[1] !== 'BAD_REQUEST') {
    const proxySaid = /^Proxy response \((\d+)\)/.exec(message)?.[1];
    const why = proxySaid ? `it answered ${proxySaid}` : code || 'it did not connect';
    return new HttpFailure('local', 'PROXY_FAILED', `the egress proxy did not get through: ${why}`, options);
  }
  return known ? new HttpFailure(...known, options) : socketFailure(error);
}
