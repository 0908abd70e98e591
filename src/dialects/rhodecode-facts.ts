import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database, type Row } from '../database/database.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from '../families/users/user.view.js';

/** What RhodeCode's user object shows beside today's. */
export interface Profile extends Row {
  user_id: number;
  extern_type: string;
  extern_name: string | null;
  last_login: Date | null;
  /** When one of his keys was last used. */
  last_activity: Date | null;
  /** CIDR networks that the user is limited to. */
  networks: string[];
}

export interface RepoState {
  fork_id: number | null;
  enable_locking: boolean;
  /** Null: nobody holds it. */
  lock: { by: UserView; since: Date; reason: string } | null;
}

type StateRow = Row &
  UserRecord &
  Omit<RepoState, 'lock'> & { repo_id: number; locked_on: Date; reason: string };

const NO_STATE: RepoState = { fork_id: null, enable_locking: false, lock: null };

/** Reads what answers of RhodeCode show and today's results lack: one query a kind, whatever the number of objects. */
@Injectable()
export class RhodeCodeFacts {
  constructor(
    private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Where a repository is seen, and cloned from. */
  url(repoName: string): string {
    return `${this.settings.publicUrl}/${repoName.split('/').map(encodeURIComponent).join('/')}`;
  }

  /** By `user_id`; whoever was deleted meanwhile is not there. */
  async profiles(userIds: readonly number[]): Promise<Map<number, Profile>> {
    const rows = await this.db.prepared<Profile>(
      'rhodecode_profiles',
      `SELECT u.user_id, u.extern_type, u.extern_name, u.last_login,
         (SELECT max(k.last_used_at) FROM api_key k WHERE k.user_id = u.user_id) AS last_activity,
         ARRAY(SELECT i.ip_addr::text FROM user_ip i WHERE i.user_id = u.user_id ORDER BY i.ip_id) AS networks
       FROM "user" u WHERE u.user_id = ANY($1)`,
      [[...new Set(userIds)]],
    );
    return new Map(rows.map((row) => [row.user_id, row]));
  }

  async repoStates(repoIds: readonly number[]): Promise<(repoId: number) => RepoState> {
    const rows = await this.db.prepared<StateRow>(
      'rhodecode_repo_states',
      `SELECT r.repo_id, r.fork_id, r.enable_locking, r.locked_on, r.lock_reason AS reason, ${USER_COLUMNS}
       FROM repo r LEFT JOIN "user" u ON u.user_id = r.locked_by WHERE r.repo_id = ANY($1)`,
      [repoIds],
    );
    const states = new Map(
      rows.map((row) => {
        const { repo_id, fork_id, enable_locking, locked_on: since, reason } = row;
        const lock = (row.user_id as number | null) === null ? null : { by: toUserView(row), since, reason };
        return [repo_id, { fork_id, enable_locking, lock }] as const;
      }),
    );
    return (repoId) => states.get(repoId) ?? NO_STATE;
  }

  /** Addresses of the owners of user groups, by group. */
  async ownerEmails(groupIds: readonly number[]): Promise<Map<number, string | null>> {
    const rows = await this.db.prepared<{ id: number; email: string | null }>(
      'rhodecode_group_owners',
      `SELECT g.users_group_id AS id, u.email FROM user_group g JOIN "user" u ON u.user_id = g.owner_id
       WHERE g.users_group_id = ANY($1)`,
      [groupIds],
    );
    return new Map(rows.map(({ id, email }) => [id, email]));
  }

  /** When gists were last changed. */
  async gistChanges(gistIds: readonly number[]): Promise<Map<number, Date>> {
    const rows = await this.db.prepared<{ gist_id: number; modified_on: Date }>(
      'rhodecode_gist_changes',
      'SELECT gist_id, modified_on FROM gist WHERE gist_id = ANY($1)',
      [gistIds],
    );
    return new Map(rows.map(({ gist_id, modified_on }) => [gist_id, modified_on]));
  }
}
