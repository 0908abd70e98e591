import { BlockList, isIP } from 'node:net';

/** Allowed client addresses; empty means everywhere. */
export class IpRules {
  private readonly list = new BlockList();
  readonly isEmpty: boolean;

  /** @param networks CIDR texts as PostgreSQL prints them */
  constructor(networks: readonly string[]) {
    this.isEmpty = networks.length === 0;
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      this.list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
    }
  }

  allow(ip: string): boolean {
    if (this.isEmpty) return true;
    const family = isIP(ip);
    return family !== 0 && this.list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
  }
}
