import ipaddr from 'ipaddr.js';

/** First and last address of a CIDR network, as `get_ip` shows them. */
export function ipRange(network: string): [first: string, last: string] {
  const [address, prefix] = ipaddr.parseCIDR(network);
  const bytes = address.toByteArray();
  const edge = (fill: 0 | 1) =>
    ipaddr
      .fromByteArray(
        bytes.map((byte, index) => {
          const free = Math.min(8, Math.max(0, (index + 1) * 8 - prefix));
          const mask = (1 << free) - 1;
          return fill === 1 ? byte | mask : byte & ~mask & 0xff;
        }),
      )
      .toString();
  return [edge(0), edge(1)];
}
