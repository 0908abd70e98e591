import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { HttpTls } from '../sdk/index.js';
import { AddressRefusedError, resolveChecked, type AddressPolicy } from './address-policy.js';
import type { Lookup } from './name-lookup.js';

/** Milliseconds of the phases of one request; those of dialling are absent on a reused connection. */
export interface HttpTrace {
  dns_ms?: number;
  connect_ms?: number;
  tls_ms?: number;
  first_byte_ms?: number;
  total_ms?: number;
}

export interface ConnectorOptions {
  readonly policy: AddressPolicy;
  readonly lookup?: Lookup;
  readonly tls?: HttpTls;
  readonly connectTimeoutMs: number;
  /** Told just before a socket is opened, with the addresses that may be tried. */
  onDial(addresses: readonly string[]): void;
  /** The trace of the request being dispatched at this moment, if any. */
  currentTrace(): HttpTrace | undefined;
}

export const sinceMs = (start: number): number => Math.round((performance.now() - start) * 100) / 100;

/**
 * Dials only addresses that the policy allows: a name is resolved once, judged, and the judged addresses are the ones
 * that are dialled, so that a second answer of the resolver cannot differ. The peer is judged once more when connected.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  const { policy, lookup, tls, connectTimeoutMs } = options;
  return (target, done) => {
    const trace = options.currentTrace();
    const dial = async () => {
      const started = performance.now();
      const addresses = await resolveChecked(target.hostname, policy, lookup);
      if (trace) trace.dns_ms = sinceMs(started);
      options.onDial(addresses.map(({ address }) => address));

      const pinned: LookupFunction = (_hostname, { all }, callback) => {
        const [first] = addresses;
        if (all) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      };
      const dialled = performance.now();
      const connector = buildConnector({
        ...tls,
        timeout: connectTimeoutMs,
        lookup: pinned,
        maxCachedSessions: 0,
      });
      const opening = connector(target, (error, socket) => {
        if (error) {
          done(error, null);
          return;
        }
        if (trace?.connect_ms !== undefined && target.protocol === 'https:') {
          trace.tls_ms = Math.round((sinceMs(dialled) - trace.connect_ms) * 100) / 100;
        }
        const verdict = policy.verdict(socket.remoteAddress ?? '');
        if (verdict.allowed) {
          done(null, socket);
        } else {
          socket.destroy();
          done(new AddressRefusedError(verdict.reason), null);
        }
      }) as unknown as NodeJS.EventEmitter | undefined;
      opening?.once('connect', () => {
        if (trace) trace.connect_ms = sinceMs(dialled);
      });
    };
    dial().catch((error: Error) => done(error, null));
  };
}
