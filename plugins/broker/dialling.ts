import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { dial, type PluginNet } from 'forgegate/sdk';
import type { Target } from './settings.js';

/** An address is no name that a server could be asked for, but what its certificate must be for. */
export const tlsOptions = ({ host, settings: { ca } }: Target): ConnectionOptions => ({
  host,
  servername: isIP(host) === 0 ? host : '',
  ...(ca !== undefined && { ca }),
});

/** A connection to the broker, with TLS where the URL says so. */
export async function dialled(target: Target, net: PluginNet, signal: AbortSignal): Promise<Socket> {
  const socket = await dial(net, target, signal);
  if (!target.tls) return socket;
  const secured = connect({ ...tlsOptions(target), socket });
  // Whoever gets it may listen a moment later; an error that nobody hears would end the process
  secured.on('error', () => undefined);
  try {
    await once(secured, 'secureConnect', { signal });
    return secured;
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

/** An allowed address of the broker that takes connections, for clients that insist on dialling themselves. */
export async function reachable(target: Target, net: PluginNet, signal: AbortSignal): Promise<string> {
  const socket = await dial(net, target, signal);
  const { remoteAddress = target.host } = socket;
  socket.destroy();
  return remoteAddress;
}
