import { printed, type PrintedMethods } from '../printed-method.js';

interface Addresses {
  server_ip_addr: string;
  user_ips: unknown[];
}

export const addresses: PrintedMethods = {
  get_ip: printed<Addresses>(({ server_ip_addr, user_ips }) => ({
    ip_addr_server: server_ip_addr,
    user_ips,
  })),
};
