import { only, printed, type PrintedMethods } from '../printed-method.js';

interface Lock {
  repo: string;
  locked: boolean;
  locked_since: number | null;
  locked_by: string | null;
  msg: string;
}

interface Addresses {
  server_ip_addr: string;
  user_ips: unknown[];
}

interface RightAnswer {
  msg: string;
  success: boolean;
}

const forGroup = printed<RightAnswer>(({ msg, success }) => ({
  msg: msg.replace(' for user group: ', ' for group: '),
  success,
}));

export const addresses: PrintedMethods = {
  get_ip: printed<Addresses>(({ server_ip_addr, user_ips }) => ({
    ip_addr_server: server_ip_addr,
    user_ips,
  })),
};

export const groupRights: PrintedMethods = {
  grant_user_group_permission: forGroup,
  revoke_user_group_permission: forGroup,
};

export const locks: PrintedMethods = {
  lock: printed<Lock>((lock) => ({
    ...only(lock, ['repo', 'locked', 'locked_since', 'locked_by']),
    msg: lock.msg.replace(/`(True|False)`$/, (state) => state.toLowerCase()),
  })),
};
