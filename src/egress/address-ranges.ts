/** One block of addresses that is not on the public internet, and what a refusal calls it. */
export interface AddressRange {
  readonly cidr: string;
  readonly kind: string;
}

/** IANA special-purpose registry (RFC 6890 and successors), without the blocks that are globally reachable. */
export const IPV4_RANGES: readonly AddressRange[] = [
  { cidr: '0.0.0.0/8', kind: 'a "this network" address' },
  { cidr: '10.0.0.0/8', kind: 'a private address' },
  { cidr: '100.64.0.0/10', kind: 'a carrier-grade NAT address' },
  { cidr: '127.0.0.0/8', kind: 'a loopback address' },
  { cidr: '169.254.0.0/16', kind: 'a link-local address' },
  { cidr: '172.16.0.0/12', kind: 'a private address' },
  { cidr: '192.0.0.0/24', kind: 'a reserved address' },
  { cidr: '192.0.2.0/24', kind: 'a documentation address' },
  { cidr: '192.88.99.0/24', kind: 'a reserved address' },
  { cidr: '192.168.0.0/16', kind: 'a private address' },
  { cidr: '198.18.0.0/15', kind: 'a benchmarking address' },
  { cidr: '198.51.100.0/24', kind: 'a documentation address' },
  { cidr: '203.0.113.0/24', kind: 'a documentation address' },
  { cidr: '224.0.0.0/4', kind: 'a multicast address' },
  { cidr: '255.255.255.255/32', kind: 'the broadcast address' },
  { cidr: '240.0.0.0/4', kind: 'a reserved address' },
];

/** The named blocks; what is outside 2000::/3 and not named here is reserved as well. */
export const IPV6_RANGES: readonly AddressRange[] = [
  { cidr: '::/128', kind: 'the unspecified address' },
  { cidr: '::1/128', kind: 'a loopback address' },
  { cidr: '64:ff9b:1::/48', kind: 'a local NAT64 address' },
  { cidr: '100::/64', kind: 'a discard-only address' },
  { cidr: 'fc00::/7', kind: 'a private address' },
  { cidr: 'fe80::/10', kind: 'a link-local address' },
  { cidr: 'fec0::/10', kind: 'a private address' },
  { cidr: 'ff00::/8', kind: 'a multicast address' },
  { cidr: '2001:2::/48', kind: 'a benchmarking address' },
  { cidr: '2001:db8::/32', kind: 'a documentation address' },
  { cidr: '3fff::/20', kind: 'a documentation address' },
];

export const IPV6_GLOBAL_UNICAST = '2000::/3';
/** Protocol assignments: nothing that a server would be published under, Teredo (2001::/32) apart. */
export const IPV6_PROTOCOL_ASSIGNMENTS = '2001::/23';

/** Where clouds answer with credentials. Some are outside every private block, so they need a list of their own. */
export const METADATA_RANGES: readonly string[] = [
  '169.254.169.0/24', // AWS, Azure, Google, DigitalOcean, Oracle, OpenStack, Hetzner
  '169.254.170.0/24', // AWS container and pod credentials
  '169.254.42.42/32', // Scaleway
  '169.254.0.23/32', // Tencent
  '100.100.100.200/32', // Alibaba
  '168.63.129.16/32', // Azure wire server
  '192.0.0.192/32', // Oracle classic
  'fd00:ec2::/32', // AWS, also pod credentials
  'fd20:ce::254/128', // Google
  'fd00:42::42/128', // Scaleway
  'fd00:c1::a9fe:a9fe/128', // Oracle
  'fe80::a9fe:a9fe/128', // OpenStack
];

/** Bytes of an IPv6 address that hold an IPv4 address, by the block it belongs to. */
export interface Embedding {
  readonly cidr: string;
  readonly offsets: readonly (readonly [number, number, number, number])[];
  /** Teredo stores the client's address inverted. */
  readonly inverted?: readonly [number, number, number, number];
}

export const EMBEDDINGS: readonly Embedding[] = [
  { cidr: '::ffff:0:0/96', offsets: [[12, 13, 14, 15]] }, // IPv4-mapped
  { cidr: '::ffff:0:0:0/96', offsets: [[12, 13, 14, 15]] }, // IPv4-translated
  { cidr: '::/96', offsets: [[12, 13, 14, 15]] }, // IPv4-compatible
  { cidr: '64:ff9b::/96', offsets: [[12, 13, 14, 15]] }, // NAT64
  { cidr: '2002::/16', offsets: [[2, 3, 4, 5]] }, // 6to4
  { cidr: '2001::/32', offsets: [[4, 5, 6, 7]], inverted: [12, 13, 14, 15] }, // Teredo
];

/** RFC 6052 lets the operator of a local NAT64 prefix choose its length, so every position may be meant. */
export const LOCAL_NAT64: Embedding = {
  cidr: '64:ff9b:1::/48',
  offsets: [
    [6, 7, 9, 10],
    [7, 9, 10, 11],
    [9, 10, 11, 12],
    [12, 13, 14, 15],
  ],
};
