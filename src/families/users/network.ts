import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { invalidParams } from '../../rpc/errors.js';

/**
 * An address or a CIDR network as the database keeps it, host bits cut off.
 * @throws RpcFault INVALID_PARAMS naming the argument
 */
export function toNetwork(argument: string, text: string): string {
  try {
    // The library also takes `10.1` and octal parts, which mean another address than they seem to
    if (isIP(text.split('/')[0] ?? '') === 0) throw new TypeError('no address');
    const [address, prefix] = text.includes('/') ? ipaddr.parseCIDR(text) : whole(ipaddr.parse(text));
    return `${edge(address, prefix, 0)}/${prefix}`;
  } catch {
    throw invalidParams(
      `argument \`${argument}\`: "${text}" is no address and no CIDR network such as 10.0.0.0/24`,
    );
  }
}

/** First and last address of a CIDR network, as `get_ip` shows them. */
export function ipRange(network: string): [first: string, last: string] {
  const [address, prefix] = ipaddr.parseCIDR(network);
  return [edge(address, prefix, 0), edge(address, prefix, 1)];
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const whole = (address: Address): [Address, number] => [address, address.kind() === 'ipv6' ? 128 : 32];

/** @param fill what the bits behind the prefix become */
function edge(address: Address, prefix: number, fill: 0 | 1): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const free = Math.min(8, Math.max(0, (index + 1) * 8 - prefix));
    const mask = (1 << free) - 1;
    return fill === 1 ? byte | mask : byte & ~mask & 0xff;
  });
  return ipaddr.fromByteArray(bytes).toString();
}
