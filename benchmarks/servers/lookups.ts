import { createHash } from 'node:crypto';
import pg from 'pg';
import { FIND_KEY } from '../../src/access/api-key-authenticator.js';
import { GLOBAL_PERMISSIONS, LEVEL_ON_ONE, OBJECT_TABLES } from '../../src/access/level-queries.js';
import { heaviestOfEachKind, LEVEL_WEIGHT, permissionName } from '../../src/access/levels.js';
import { REPO_BY_ID, REPO_ID_BY_NAME, type RepoRecord } from '../../src/families/repos/repo-record.js';
import { toRepoView } from '../../src/families/repos/repo.view.js';
import { toUserView, type UserRecord } from '../../src/families/users/user.view.js';
import type { ObjectKind } from '../../src/rpc/requirement.js';
import type { Recorded } from './record-statements.js';

/** Statements that the gateway keeps to itself, as it executed them. */
export interface LookupStatements {
  readonly members: string;
  readonly followers: string;
  readonly userById: string;
  readonly names: Readonly<Record<ObjectKind, string>>;
}

/** @param recorded of one `get_repo` and one `get_user` of somebody who is no super admin */
export function lookupStatements(recorded: readonly Recorded[]): LookupStatements {
  const find = (what: string, is: (each: Recorded) => boolean) => {
    const found = recorded.find(is);
    if (!found) throw new Error(`the gateway executed no statement for ${what}`);
    return found.text;
  };
  const named = (name: string) => find(name, (each) => each.name === name);
  const names = (kind: ObjectKind) =>
    find(`names of ${kind}`, ({ text }) => text.includes(`FROM ${OBJECT_TABLES[kind].object} o LEFT JOIN (`));
  return {
    members: named('repo_members'),
    followers: named('repo_followers'),
    userById: named('users_by_id'),
    names: { repo: names('repo'), repoGroup: names('repoGroup'), userGroup: names('userGroup') },
  };
}

interface NamedLevel {
  name: string;
  level: number;
}

const KINDS = ['repo', 'repoGroup', 'userGroup'] as const;

/** What `get_repo` and `get_user` look up, written by hand: every row once, side by side where nothing depends on it. */
export class Lookups {
  private readonly pool: pg.Pool;

  constructor(
    url: string,
    poolSize: number,
    private readonly statements: LookupStatements,
  ) {
    this.pool = new pg.Pool({ connectionString: url, max: poolSize, keepAlive: true });
  }

  async repo(key: string, name: string): Promise<object> {
    const { user_id: userId } = await this.keyOwner(key);
    const [named] = await this.run<{ repo_id: number }>('repo_id', REPO_ID_BY_NAME, [name]);
    if (!named) throw new Error('no such repository');
    const id = [named.repo_id];
    const [levels, repos, members, followers] = await Promise.all([
      this.run<{ level: number }>('level', LEVEL_ON_ONE.repo, [userId, named.repo_id]),
      this.run<RepoRecord>('repo', REPO_BY_ID, id),
      this.run<NamedLevel & { type: string }>('members', this.statements.members, id),
      this.run<UserRecord>('followers', this.statements.followers, id),
    ]);
    const [record] = repos;
    if (!record || (levels[0]?.level ?? 0) < LEVEL_WEIGHT.read) throw new Error('no such repository');
    return {
      ...toRepoView(record, null),
      members: members.map(({ name: who, type, level }) => ({
        name: who,
        type,
        permission: permissionName('repo', level),
      })),
      followers: followers.map(toUserView),
    };
  }

  async user(key: string): Promise<object> {
    const { user_id: userId } = await this.keyOwner(key);
    const [users, globals, ...lists] = await Promise.all([
      this.run<UserRecord>('user', this.statements.userById, [userId]),
      this.run<{ permission: string }>('globals', GLOBAL_PERMISSIONS, [userId]),
      ...KINDS.map((kind) => this.run<NamedLevel>(`names_${kind}`, this.statements.names[kind], [userId])),
    ]);
    const [user] = users;
    if (!user) throw new Error('no such user');
    const [repositories, repositories_groups, user_groups] = lists.map((rows, index) =>
      Object.fromEntries(
        rows.map(({ name, level }) => [name, permissionName(KINDS[index] as ObjectKind, level)]),
      ),
    );
    const global = heaviestOfEachKind(globals.map(({ permission }) => permission));
    return {
      ...toUserView(user),
      permissions: { global, repositories, repositories_groups, user_groups },
    };
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async keyOwner(key: string): Promise<{ user_id: number }> {
    const hash = createHash('sha256').update(key).digest();
    const [owner] = await this.run<{ user_id: number }>('key', FIND_KEY, [hash]);
    if (!owner) throw new Error('Invalid API KEY');
    return owner;
  }

  private async run<T extends object>(name: string, text: string, values: unknown[]): Promise<T[]> {
    const { rows } = await this.pool.query<T & pg.QueryResultRow>({ name, text, values });
    return rows;
  }
}
