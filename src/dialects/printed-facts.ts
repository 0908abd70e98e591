import { Injectable } from '@nestjs/common';
import { Database, type Row } from '../database/database.js';
import { toRepoView, type RepoView } from '../families/repos/repo.view.js';
import { ReposDirectory } from '../families/repos/repos.directory.js';
import { UserGroupsDirectory } from '../families/user-groups/user-groups.directory.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from '../families/users/user.view.js';
import { UsersDirectory } from '../families/users/users.directory.js';
import { RhodeCodeFacts } from './rhodecode-facts.js';

/** What old user objects show beside today's. */
export interface Account {
  /** The LDAP distinguished name; null for accounts of another origin. */
  readonly ldapDn: string | null;
  readonly lastLogin: Date | null;
  /** CIDR networks that the user is limited to. */
  readonly networks: readonly string[];
}

export interface PrintedGroup {
  readonly id: number;
  readonly name: string;
  readonly active: boolean;
}

interface AccountRow extends Row {
  user_id: number;
  ldap_dn: string | null;
  last_login: Date | null;
  networks: string[];
}

const ACCOUNT_COLUMNS = `u.user_id, CASE WHEN u.extern_type = 'ldap' THEN u.extern_name END AS ldap_dn, u.last_login,
  ARRAY(SELECT i.ip_addr::text FROM user_ip i WHERE i.user_id = u.user_id ORDER BY i.ip_id) AS networks`;

const NOBODY: Account = { ldapDn: null, lastLogin: null, networks: [] };

/** Reads what printed answers show and today's results lack: one query a kind, whatever the number of objects. */
@Injectable()
export class PrintedFacts {
  constructor(
    private readonly db: Database,
    private readonly users: UsersDirectory,
    private readonly groups: UserGroupsDirectory,
    private readonly repos: ReposDirectory,
    readonly rhodecode: RhodeCodeFacts,
  ) {}

  /** @returns the account of each of these users; whoever was deleted meanwhile has an empty one */
  async accounts(userIds: readonly number[]): Promise<(userId: number) => Account> {
    const rows = await this.db.prepared<AccountRow>(
      'printed_accounts',
      `SELECT ${ACCOUNT_COLUMNS} FROM "user" u WHERE u.user_id = ANY($1)`,
      [[...new Set(userIds)]],
    );
    const accounts = new Map(rows.map((row) => [row.user_id, toAccount(row)]));
    return (userId) => accounts.get(userId) ?? NOBODY;
  }

  async usersByName(names: readonly string[]): Promise<Map<string, { user: UserView; account: Account }>> {
    const rows = await this.db.prepared<AccountRow & UserRecord>(
      'printed_users',
      `SELECT ${USER_COLUMNS}, ${ACCOUNT_COLUMNS} FROM "user" u
       WHERE lower(u.username) = ANY(SELECT lower(name) FROM unnest($1::text[]) AS name)`,
      [names],
    );
    return new Map(rows.map((row) => [row.username, { user: toUserView(row), account: toAccount(row) }]));
  }

  async groupsByName(names: readonly string[]): Promise<Map<string, PrintedGroup>> {
    const rows = await this.db.prepared<PrintedGroup & Row>(
      'printed_groups',
      `SELECT g.users_group_id AS id, g.group_name AS name, g.active FROM user_group g
       WHERE lower(g.group_name) = ANY(SELECT lower(name) FROM unnest($1::text[]) AS name)`,
      [names],
    );
    return new Map(rows.map(({ id, name, active }) => [name, { id, name, active }]));
  }

  /** Ids of those repositories that a writer's pull locks. */
  async lockedByPull(repoIds: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.db.prepared<{ repo_id: number }>(
      'printed_locking',
      'SELECT repo_id FROM repo WHERE enable_locking AND repo_id = ANY($1)',
      [repoIds],
    );
    return new Set(rows.map(({ repo_id }) => repo_id));
  }

  /** As the one sees it who has just made it: with its clone address in clear. Null when it is gone again. */
  async createdRepo(name: string): Promise<RepoView | null> {
    const found = await this.repos.byName(name);
    const repo = found && (await this.repos.load(this.db, found.repo_id));
    return repo && toRepoView(repo, this.repos.cloneUri(repo));
  }

  /** Number of a membership, user and group as the caller wrote them; null when there is none. */
  async membership(usergroupid: unknown, userid: unknown): Promise<number | null> {
    const [user, group] = await Promise.all([this.users.find(userid), this.groups.find(usergroupid)]);
    const [row] = await this.db.prepared<{ member_id: number }>(
      'printed_membership',
      'SELECT member_id FROM user_group_member WHERE users_group_id = $1 AND user_id = $2',
      [group?.users_group_id ?? null, user?.user_id ?? null],
    );
    return row?.member_id ?? null;
  }
}

const toAccount = ({ ldap_dn, last_login, networks }: AccountRow): Account => ({
  ldapDn: ldap_dn,
  lastLogin: last_login,
  networks,
});
