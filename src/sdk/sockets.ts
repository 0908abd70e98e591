import { connect, type Socket } from 'node:net';
import { HttpFailure, type PluginNet } from './adapter.js';

const KNOWN: Readonly<Record<string, readonly [kind: HttpFailure['kind'], code: string, message: string]>> = {
  ENOTFOUND: ['remote', 'NAME_NOT_FOUND', 'the host name does not exist'],
  ENODATA: ['remote', 'NAME_NOT_FOUND', 'the host name has no address'],
  ETIMEOUT: ['local', 'RESOLVER_FAILED', 'our name resolver did not answer'],
  EAI_AGAIN: ['local', 'RESOLVER_FAILED', 'our name resolver did not answer'],
  ECONNREFUSED: ['remote', 'CONNECTION_REFUSED', 'the receiver refused the connection'],
  ECONNRESET: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
  EPIPE: ['remote', 'CONNECTION_LOST', 'the receiver cut the connection'],
  EHOSTUNREACH: ['remote', 'HOST_UNREACHABLE', 'no route to the receiver'],
  ENETUNREACH: ['local', 'NETWORK_UNREACHABLE', 'our network does not reach the receiver'],
  ETIMEDOUT: ['remote', 'CONNECT_TIMEOUT', 'the receiver did not take the connection in time'],
  EPROTO: ['remote', 'TLS_FAILED', 'the receiver does not speak TLS as we do'],
  EMFILE: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free sockets'],
  ENFILE: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free sockets'],
  EADDRNOTAVAIL: ['local', 'OUT_OF_SOCKETS', 'the gateway has no free ports'],
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|^ERR_(TLS|SSL)/;

export const isCertificateFault = (code: string): boolean => CERTIFICATE.test(code);

/** What an error of the resolver, a socket or TLS means for a delivery. Messages name no address. */
export function socketFailure(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const { code = '', name = '' } = error as { code?: string; name?: string };
  const options = { cause: error };
  if (name === 'TimeoutError') return new HttpFailure('remote', 'TIMEOUT', 'no answer in time', options);
  if (isCertificateFault(code)) {
    const message = `the receiver's certificate is refused (${code})`;
    return new HttpFailure('remote', 'TLS_FAILED', message, options);
  }
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined;
  if (known) return new HttpFailure(...known, options);
  const message = `the connection failed${code && ` (${code})`}`;
  return new HttpFailure('remote', 'CONNECTION_FAILED', message, options);
}

/**
 * Connects to a host, by addresses that `net` allows only, one after the other. For services that are not spoken to by
 * HTTP; what is opened belongs to the caller. Rejects with an {@link HttpFailure}.
 * @param withinMs for each address
 */
export async function dial(
  net: PluginNet,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  withinMs = 5_000,
): Promise<Socket> {
  let failure: unknown = new HttpFailure('remote', 'NAME_NOT_FOUND', 'the host name has no address');
  try {
    for (const { address } of await net.addressesOf(host)) {
      try {
        return await opened(address, port, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]));
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
  } catch (error) {
    throw socketFailure(error);
  }
  throw socketFailure(failure);
}

function opened(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({ host, port });
    const end = (act: () => void) => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('connect').removeAllListeners('error');
      // Whoever gets it may listen a moment later; an error that nobody hears would end the process
      socket.on('error', () => undefined);
      act();
    };
    const abort = () => {
      socket.destroy();
      end(() => reject(signal.reason as Error));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => end(() => resolve(socket)));
    socket.once('error', (error) => end(() => reject(error)));
  });
}
