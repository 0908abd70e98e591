import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import {
  EMBEDDINGS,
  IPV4_RANGES,
  IPV6_GLOBAL_UNICAST,
  IPV6_PROTOCOL_ASSIGNMENTS,
  IPV6_RANGES,
  LOCAL_NAT64,
  METADATA_RANGES,
  type Embedding,
} from './address-ranges.js';
import { nameLookup, type Lookup } from './name-lookup.js';

export type AddressVerdict = { allowed: true } | { allowed: false; reason: string };
export interface CheckedAddress {
  address: string;
  family: 4 | 6;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = [Address, number];

/** A connection that the policy forbids. `message` is safe for callers and names the setting that could allow it. */
export class AddressRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AddressRefusedError';
  }
}

const SETTING = 'FORGEGATE_ALLOW_PRIVATE_NETWORKS';
const ALLOWED: AddressVerdict = { allowed: true };

const cidr = (text: string): Cidr => ipaddr.parseCIDR(text);
const ranges = [...IPV4_RANGES, ...IPV6_RANGES].map((range) => ({ at: cidr(range.cidr), kind: range.kind }));
const metadata = METADATA_RANGES.map(cidr);
const embeddings = EMBEDDINGS.map((embedding) => ({ ...embedding, at: cidr(embedding.cidr) }));
const localNat64 = cidr(LOCAL_NAT64.cidr);
const unspecifiedOrLoopback = cidr('::/127');
const globalUnicast = cidr(IPV6_GLOBAL_UNICAST);
const protocolAssignments = cidr(IPV6_PROTOCOL_ASSIGNMENTS);

/** Which addresses the gateway may dial: public ones, and private ones inside the networks named by the operator. */
export class AddressPolicy {
  private readonly opened: readonly Cidr[];

  /** @param allowPrivateNetworks CIDRs or single addresses; throws on anything else. */
  constructor(allowPrivateNetworks: readonly string[]) {
    this.opened = allowPrivateNetworks.map(parseNetwork);
  }

  verdict(ip: string): AddressVerdict {
    if (isIP(ip) === 0) return refuse(`${JSON.stringify(ip)} is not an IP address`);
    if (ip.includes('%')) return refuse(`${ip} names a network interface, which ${SETTING} cannot open`);
    const address = ipaddr.parse(ip);
    const destinations = destinationsOf(address);
    if ([address, ...destinations, ...localNat64Guesses(address)].some((one) => within(one, metadata))) {
      return refuse(`${ip} is a cloud metadata address, which ${SETTING} cannot open`);
    }
    if (within(address, this.opened)) return ALLOWED;
    for (const one of destinations) {
      const kind = within(one, this.opened) ? null : kindOf(one);
      if (kind !== null) return refuse(`${ip} is ${kind}, which ${SETTING} does not allow`);
    }
    return ALLOWED;
  }
}

/**
 * Addresses of a host name (or a literal, with or without brackets), all of them allowed by the policy.
 * One refused address refuses the name: which one is dialled is not ours to choose.
 * @throws AddressRefusedError, or the resolver's error (`ENOTFOUND`, ...).
 */
export async function resolveChecked(
  hostname: string,
  policy: AddressPolicy,
  lookup: Lookup = nameLookup(),
): Promise<CheckedAddress[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  const found = family === 0 ? await lookup(hostname) : [{ address: literal, family }];
  if (found.length === 0) throw new AddressRefusedError(`${hostname} has no address`);
  return found.map(({ address }) => {
    const verdict = policy.verdict(address);
    if (!verdict.allowed) {
      throw new AddressRefusedError(family === 0 ? `${hostname}: ${verdict.reason}` : verdict.reason);
    }
    return { address, family: isIP(address) === 4 ? 4 : 6 };
  });
}

function parseNetwork(text: string): Cidr {
  const [ip = '', ...bits] = text.split('/');
  const family = isIP(ip);
  const full = family === 4 ? 32 : 128;
  const prefix = bits.length === 0 ? full : /^\d{1,3}$/.test(bits.join('/')) ? Number(bits[0]) : Number.NaN;
  if (family === 0 || ip.includes('%') || !(prefix <= full)) {
    throw new Error(`${SETTING}: ${JSON.stringify(text)} is not a network such as 10.0.0.0/8 or fd00::/8`);
  }
  return [ipaddr.parse(ip), prefix];
}

function refuse(reason: string): AddressVerdict {
  return { allowed: false, reason };
}

function within(address: Address, networks: readonly Cidr[]): boolean {
  return networks.some((network) => matches(address, network));
}

function matches(address: Address, [base, bits]: Cidr): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** What a refusal calls the address; null when it is public. */
function kindOf(address: Address): string | null {
  const named = ranges.find((range) => matches(address, range.at));
  if (named !== undefined) return named.kind;
  if (address.kind() === 'ipv4') return null;
  const published = matches(address, globalUnicast) && !matches(address, protocolAssignments);
  return published ? null : 'a reserved address';
}

/**
 * Where packets to this address end up. A transition prefix (NAT64, 6to4, ...) says nothing of its own, so only the
 * IPv4 addresses inside count; an ISATAP interface identifier may follow any prefix, which then counts as well.
 */
function destinationsOf(address: Address): Address[] {
  if (address.kind() === 'ipv4' || matches(address, unspecifiedOrLoopback)) return [address];
  const bytes = address.toByteArray();
  const carried = embeddings.filter((one) => matches(address, one.at)).flatMap((one) => extract(bytes, one));
  if (carried.length > 0) return carried;
  const isatap =
    (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isatap ? [address, new ipaddr.IPv4(bytes.slice(12))] : [address];
}

function localNat64Guesses(address: Address): ipaddr.IPv4[] {
  return matches(address, localNat64) ? extract(address.toByteArray(), LOCAL_NAT64) : [];
}

function extract(bytes: readonly number[], embedding: Embedding): ipaddr.IPv4[] {
  const at = (indexes: readonly number[], mask: number) =>
    new ipaddr.IPv4(indexes.map((index) => (bytes[index] ?? 0) ^ mask));
  const plain = embedding.offsets.map((indexes) => at(indexes, 0));
  return embedding.inverted === undefined ? plain : [...plain, at(embedding.inverted, 0xff)];
}
