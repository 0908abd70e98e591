import { describe, expect, it } from 'vitest';
import { RpcFault } from '../../rpc/errors.js';
import { ipRange, toNetwork } from './network.js';

describe('a network', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7/32', '10.0.0.7', '10.0.0.7'],
    ['10.1.2.3/8', '10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
    ['192.168.5.130/25', '192.168.5.128/25', '192.168.5.128', '192.168.5.255'],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['2001:db8::1', '2001:db8::1/128', '2001:db8::1', '2001:db8::1'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33', '2001:db8:8000::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::/0', '::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('written %s is %s, from %s to %s', (text, network, first, last) => {
    expect(toNetwork('ip_addr', text)).toBe(network);
    expect(ipRange(network)).toEqual([first, last]);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0',
    '010.0.0.1',
    '::1/129',
    '10.0.0.1-10.0.0.9',
    '10.0.0.0/8/8',
  ])('is not written %j', (text) => {
    expect(() => toNetwork('ips', text)).toThrow(RpcFault);
    expect(() => toNetwork('ips', text)).toThrow(/^argument `ips`: /);
  });
});
