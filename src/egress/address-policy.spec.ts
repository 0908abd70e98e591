import { describe, expect, it } from 'vitest';
import { AddressPolicy, AddressRefusedError, resolveChecked } from './address-policy.js';

const closed = new AddressPolicy([]);
const everythingOpen = new AddressPolicy(['0.0.0.0/0', '::/0']);

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:82a::200e',
  '2003::1',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '::8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
];

const REFUSED: readonly [string, RegExp][] = [
  ['0.0.0.0', /this network/],
  ['0.1.2.3', /this network/],
  ['10.0.0.1', /private/],
  ['10.255.255.255', /private/],
  ['100.64.0.1', /carrier-grade/],
  ['100.127.255.255', /carrier-grade/],
  ['127.0.0.1', /loopback/],
  ['127.255.255.254', /loopback/],
  ['169.254.1.1', /link-local/],
  ['172.16.0.1', /private/],
  ['172.31.255.255', /private/],
  ['192.0.0.8', /reserved/],
  ['192.0.2.1', /documentation/],
  ['192.88.99.1', /reserved/],
  ['192.168.1.1', /private/],
  ['198.18.0.1', /benchmarking/],
  ['198.19.255.255', /benchmarking/],
  ['198.51.100.1', /documentation/],
  ['203.0.113.1', /documentation/],
  ['224.0.0.1', /multicast/],
  ['239.255.255.255', /multicast/],
  ['240.0.0.1', /reserved/],
  ['255.255.255.255', /broadcast/],
  ['::', /unspecified/],
  ['::1', /loopback/],
  ['0:0:0:0:0:0:0:1', /loopback/],
  ['100::1', /discard/],
  ['fc00::1', /private/],
  ['fdff:ffff::1', /private/],
  ['fe80::1', /link-local/],
  ['febf::1', /link-local/],
  ['fec0::1', /private/],
  ['ff02::1', /multicast/],
  ['2001:2::1', /benchmarking/],
  ['2001:db8::1', /documentation/],
  ['2001:10::1', /reserved/],
  ['3fff:fff::1', /documentation/],
  ['4000::1', /reserved/],
  ['5f00::1', /reserved/],
  ['64:ff9b:1::8.8.8.8', /local NAT64/],
  ['::ffff:127.0.0.1', /loopback/],
  ['::ffff:7f00:1', /loopback/],
  ['0:0:0:0:0:ffff:10.0.0.1', /private/],
  ['::ffff:0:127.0.0.1', /loopback/],
  ['::127.0.0.1', /loopback/],
  ['64:ff9b::10.0.0.1', /private/],
  ['2002:7f00:1::', /loopback/],
  ['2002:c0a8:101::1', /private/],
  ['2001:0:a00:1::f7f7:f7f7', /private/], // Teredo server 10.0.0.1, client 8.8.8.8
  ['2001:0:808:808::80ff:fffe', /loopback/], // Teredo server 8.8.8.8, client 127.0.0.1
  ['2606:4700::5efe:10.0.0.1', /private/], // ISATAP
  ['fe80::5efe:8.8.8.8', /link-local/],
  ['fe80::1%eth0', /network interface/],
  ['', /not an IP address/],
  ['localhost', /not an IP address/],
  ['0177.0.0.1', /not an IP address/],
  ['2130706433', /not an IP address/],
];

const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::169.254.169.254',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::169.254.169.254',
  '64:ff9b:1:a9fe:a9:fe00::',
  '2002:a9fe:a9fe::1',
  '2001:0:a9fe:a9fe::f7f7:f7f7',
  '2606:4700::5efe:169.254.169.254',
];

describe('AddressPolicy', () => {
  it.each(PUBLIC)('allows the public address %s', (ip) => {
    expect(closed.verdict(ip)).toEqual({ allowed: true });
  });

  it.each(REFUSED)('refuses %s by its kind', (ip, kind) => {
    expect(closed.verdict(ip)).toEqual({ allowed: false, reason: expect.stringMatching(kind) });
  });

  it.each(METADATA)('refuses the metadata address %s even when everything is opened', (ip) => {
    expect(everythingOpen.verdict(ip)).toEqual({
      allowed: false,
      reason: `${ip} is a cloud metadata address, which FORGEGATE_ALLOW_PRIVATE_NETWORKS cannot open`,
    });
  });

  it('names the setting that could allow a refused address', () => {
    expect(closed.verdict('127.0.0.1')).toEqual({
      allowed: false,
      reason: '127.0.0.1 is a loopback address, which FORGEGATE_ALLOW_PRIVATE_NETWORKS does not allow',
    });
  });

  it('opens the named networks and nothing beside them', () => {
    const policy = new AddressPolicy(['10.1.0.0/16', 'fd12::/16', '127.0.0.1']);
    const allowed = (ip: string) => policy.verdict(ip).allowed;
    expect(['10.1.2.3', 'fd12::5', '127.0.0.1'].map(allowed)).toEqual([true, true, true]);
    expect(['10.2.0.1', 'fd13::5', '127.0.0.2', '::1'].map(allowed)).toEqual([false, false, false, false]);
  });

  it('opens a named IPv4 network behind its IPv6 spellings too', () => {
    const policy = new AddressPolicy(['127.0.0.0/8']);
    expect(policy.verdict('::ffff:127.0.0.1')).toEqual({ allowed: true });
    expect(policy.verdict('64:ff9b::7f00:1')).toEqual({ allowed: true });
    expect(policy.verdict('::1').allowed).toBe(false);
  });

  it.each(['10.0.0.0/33', 'private', '10.0.0.0/8/8', '10', '10.0/8', 'fd00::/129', ''])(
    'does not start with the network %j',
    (network) => {
      expect(() => new AddressPolicy([network])).toThrow(
        /^FORGEGATE_ALLOW_PRIVATE_NETWORKS: .* is not a network/,
      );
    },
  );
});

describe('resolveChecked', () => {
  const resolver =
    (...addresses: string[]) =>
    () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

  it('gives every address of a public name', async () => {
    const found = await resolveChecked('example.com', closed, resolver('93.184.215.14', '2606:2800::1'));
    expect(found).toEqual([
      { address: '93.184.215.14', family: 4 },
      { address: '2606:2800::1', family: 6 },
    ]);
  });

  it('refuses a name when one of its addresses is private', async () => {
    const answer = resolveChecked('rebind.example', closed, resolver('93.184.215.14', '127.0.0.1'));
    await expect(answer).rejects.toThrow(
      new AddressRefusedError(
        'rebind.example: 127.0.0.1 is a loopback address, which FORGEGATE_ALLOW_PRIVATE_NETWORKS does not allow',
      ),
    );
  });

  it('checks literals without asking the resolver', async () => {
    const unasked = () => Promise.reject(new Error('asked'));
    expect(await resolveChecked('8.8.8.8', closed, unasked)).toEqual([{ address: '8.8.8.8', family: 4 }]);
    await expect(resolveChecked('[::1]', closed, unasked)).rejects.toThrow(/::1 is a loopback address/);
  });

  it.each(['localhost', '0x7f.1', '2130706433'])('refuses %s as the system resolves it', async (name) => {
    await expect(resolveChecked(name, closed)).rejects.toThrow(AddressRefusedError);
  });

  it('refuses a name without addresses', async () => {
    await expect(resolveChecked('empty.example', closed, resolver())).rejects.toThrow(AddressRefusedError);
  });
});
