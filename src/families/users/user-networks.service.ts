import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { IpRules } from '../../access/ip-rules.js';
import { Rights } from '../../access/rights.js';
import { Database, type Sql, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, notFound, RpcFault } from '../../rpc/errors.js';
import { userUpdated } from '../../sdk/index.js';
import { ipRange, toNetwork } from './network.js';
import { recordedBy } from './recorded-by.js';
import { toUserView, type UserRecord } from './user.view.js';
import type { UserIpArgs } from './users.dto.js';
import { UsersDirectory } from './users.directory.js';

export interface UserNetwork {
  /** CIDR. */
  ip_addr: string;
  ip_range: [first: string, last: string];
}

export interface UserNetworksAnswer {
  msg: string;
  user_ips: UserNetwork[];
}

/** The networks that users may call from: a user's own united with those of `default`; none at all allows any. */
@Injectable()
export class UserNetworksService {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async list(userId: number, sql: Sql = this.db): Promise<UserNetwork[]> {
    const rows = await sql.query<{ ip_addr: string }>(
      'SELECT ip_addr::text FROM user_ip WHERE user_id = $1 ORDER BY ip_id',
      [userId],
    );
    return rows.map(({ ip_addr }) => ({ ip_addr, ip_range: ipRange(ip_addr) }));
  }

  async add(caller: Caller, args: UserIpArgs): Promise<UserNetworksAnswer> {
    const network = toNetwork('ip_addr', args.ip_addr);
    const user = await this.directory.require(args.userid);
    const failure = `failed to add network \`${network}\` to user \`${user.username}\``;
    const networks = await this.change(caller, user, failure, async (tx) => {
      const [added] = await tx.query(
        'INSERT INTO user_ip (user_id, ip_addr) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
        [user.user_id, network],
      );
      if (!added) throw conflict(`network \`${network}\` already exist`);
    });
    return { msg: `added network \`${network}\` to user \`${user.username}\``, user_ips: networks };
  }

  async delete(caller: Caller, args: UserIpArgs): Promise<UserNetworksAnswer> {
    const network = toNetwork('ip_addr', args.ip_addr);
    const user = await this.directory.require(args.userid);
    const failure = `failed to delete network \`${network}\` of user \`${user.username}\``;
    const networks = await this.change(caller, user, failure, async (tx) => {
      const [gone] = await tx.query('DELETE FROM user_ip WHERE user_id = $1 AND ip_addr = $2 RETURNING 1', [
        user.user_id,
        network,
      ]);
      if (!gone) throw notFound(`network \`${network}\` does not exist`);
    });
    return { msg: `deleted network \`${network}\` of user \`${user.username}\``, user_ips: networks };
  }

  private change(
    caller: Caller,
    user: UserRecord,
    failure: string,
    work: (tx: Tx) => Promise<void>,
  ): Promise<UserNetwork[]> {
    return this.db.transaction(async (tx) => {
      await work(tx);
      await this.keepCallerIn(tx, caller, failure);
      await this.outbox.record(tx, userUpdated, {
        ...recordedBy(caller),
        data: { user: toUserView(user), changed: ['ip_addresses'], previous: {} },
      });
      await this.rights.changed(tx);
      return this.list(user.user_id, tx);
    });
  }

  /** Nobody shuts himself out by a slip: with the last administrator outside, nobody could undo it. */
  private async keepCallerIn(tx: Tx, { principal, ip }: Caller, failure: string): Promise<void> {
    const rows = await tx.query<{ ip_addr: string }>(
      'SELECT ip_addr::text FROM user_ip WHERE user_id IN ($1, $2)',
      [principal.userId, DEFAULT_USER_ID],
    );
    if (new IpRules(rows.map((row) => row.ip_addr)).allow(ip)) return;
    throw new RpcFault('REFUSED', failure, { detail: `your own address ${ip} would be shut out` });
  }
}
