import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** An address in its plain form: no zone, no port, no IPv6 dress around IPv4; null when it is none. */
export function plainAddress(text: string): string | null {
  let address = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address);
  if (bracketed) address = bracketed[1] ?? '';
  else if (/^[^:]+:\d+$/.test(address)) address = address.slice(0, address.lastIndexOf(':'));
  const zone = address.indexOf('%');
  if (zone >= 0) address = address.slice(0, zone);
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6) return null;
  const parsed = ipaddr.process(address);
  return parsed.toString();
}

function rangeOf(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128] as Range;
}

/** Who calls, as far as it can be believed: `X-Forwarded-For` counts only hop by hop from a trusted proxy. */
export class ClientAddresses {
  private readonly trusted: readonly Range[];
  private readonly bySocket = new WeakMap<Socket, string>();

  /** @param trustedProxies addresses or CIDR ranges */
  constructor(trustedProxies: readonly string[]) {
    this.trusted = trustedProxies.map(rangeOf);
  }

  /** The rightmost address that is no trusted proxy; the peer itself when nothing else can be believed. */
  of(request: IncomingMessage): string {
    const peer = this.peerOf(request.socket);
    if (this.trusted.length === 0 || !this.isTrusted(peer)) return peer;
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    let client = peer;
    for (let index = hops.length - 1; index >= 0; index--) {
      const hop = plainAddress(hops[index] ?? '');
      if (hop === null) break;
      client = hop;
      if (!this.isTrusted(hop)) break;
    }
    return client;
  }

  private peerOf(socket: Socket): string {
    const known = this.bySocket.get(socket);
    if (known !== undefined) return known;
    const peer = plainAddress(socket.remoteAddress ?? '') ?? '0.0.0.0';
    this.bySocket.set(socket, peer);
    return peer;
  }

  private isTrusted(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.trusted.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }
}

/** One customer of an internet provider usually has a whole /64, so that is what a limit per address counts. */
export const limitedBy = (address: string): string =>
  address.includes(':') ? (ipaddr.parse(address) as ipaddr.IPv6).parts.slice(0, 4).join(':') : address;
