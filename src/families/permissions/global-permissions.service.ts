import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { invalidParams, refused } from '../../rpc/errors.js';
import { permissionGranted, permissionRevoked, type PermissionSubject } from '../../sdk/index.js';
import { UserGroupsDirectory } from '../user-groups/user-groups.directory.js';
import { recordedBy } from '../users/recorded-by.js';
import { userDoesNotExist, UsersDirectory } from '../users/users.directory.js';
import type { GetGlobalPermissionsArgs, GlobalPermissionArgs } from './global-permissions.dto.js';
import { kindOfPermission, requireKnown } from './permission-names.js';
import { SUBJECT_COLUMN, SUBJECT_WORDS, userGroupSubject, userSubject, type RightAnswer } from './subject.js';

export interface GlobalPermissionView extends Record<string, unknown> {
  permission_id: number;
  type: PermissionSubject['type'];
  /** Id and name of the user or user group. */
  id: number;
  name: string;
  permission: string;
}

const LIST = `
  SELECT p.permission_id, CASE WHEN p.user_id IS NULL THEN 'user_group' ELSE 'user' END AS type,
    coalesce(p.user_id, p.users_group_id) AS id, coalesce(u.username, g.group_name) AS name, p.permission
  FROM global_permission p LEFT JOIN "user" u USING (user_id) LEFT JOIN user_group g USING (users_group_id)
  WHERE ($1::int IS NULL OR p.user_id = $1) AND ($2::int IS NULL OR p.users_group_id = $2) AND p.permission_id > $3
  ORDER BY p.permission_id LIMIT $4`;

/** They say something only of everybody: the first right on new objects, and who may register. */
const KINDS_OF_DEFAULT = new Set(['repository', 'group', 'usergroup', 'hg.register', 'hg.extern_activate']);

const THE_GATEWAY = { type: 'global', id: null, name: null } as const;

/** Stored global permissions; a subject has one of a kind (`hg.create`, `hg.fork`, ...). */
@Injectable()
export class GlobalPermissions {
  constructor(
    private readonly db: Database,
    private readonly users: UsersDirectory,
    private readonly userGroups: UserGroupsDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async list(args: GetGlobalPermissionsArgs): Promise<GlobalPermissionView[]> {
    const subject = await this.subject(args);
    const idOf = (type: PermissionSubject['type']) => (subject?.type === type ? subject.id : null);
    return this.db.query<GlobalPermissionView>(LIST, [
      idOf('user'),
      idOf('user_group'),
      args.cursor ?? 0,
      args.limit ?? null,
    ]);
  }

  async grant(caller: Caller, args: GlobalPermissionArgs): Promise<RightAnswer> {
    const subject = await this.requireSubject(args);
    const { perm } = args;
    requireGrantable(perm, subject);
    const kind = kindOfPermission(perm);
    await this.db.transaction(async (tx) => {
      const stored = await lockStored(tx, subject, args);
      if (stored.includes(perm)) return;
      const replaced = stored.filter((each) => kindOfPermission(each) === kind);
      await remove(tx, subject, replaced);
      await tx.query(
        `INSERT INTO global_permission (${SUBJECT_COLUMN[subject.type]}, permission) VALUES ($1, $2)`,
        [subject.id, perm],
      );
      const previous = { permission: replaced[0] ?? null };
      await this.outbox.record(tx, permissionGranted, {
        ...recordedBy(caller),
        data: { object: THE_GATEWAY, subject, permission: perm, previous },
      });
      await this.rights.changed(tx);
    });
    return { msg: `Granted perm: \`${perm}\` for ${shown(subject)}`, success: true };
  }

  /** Nothing to revoke is no error. */
  async revoke(caller: Caller, args: GlobalPermissionArgs): Promise<RightAnswer> {
    const subject = await this.requireSubject(args);
    const { perm } = args;
    requireKnown(perm);
    await this.db.transaction(async (tx) => {
      if (!(await lockStored(tx, subject, args)).includes(perm)) return;
      await remove(tx, subject, [perm]);
      await this.outbox.record(tx, permissionRevoked, {
        ...recordedBy(caller),
        data: { object: THE_GATEWAY, subject, permission: perm },
      });
      await this.rights.changed(tx);
    });
    return { msg: `Revoked perm: \`${perm}\` for ${shown(subject)}`, success: true };
  }

  private async requireSubject(args: GlobalPermissionArgs): Promise<PermissionSubject> {
    const subject = await this.subject(args);
    if (!subject) throw invalidParams('give `userid` or `usergroupid`');
    return subject;
  }

  private async subject({
    userid,
    usergroupid,
  }: {
    userid?: number | string;
    usergroupid?: number | string;
  }): Promise<PermissionSubject | null> {
    if (userid !== undefined && usergroupid !== undefined)
      throw invalidParams('give `userid` or `usergroupid`, not both');
    if (userid !== undefined) return userSubject(await this.users.require(userid));
    if (usergroupid === undefined) return null;
    const group = await this.userGroups.find(usergroupid);
    if (!group) throw doesNotExist('userGroup', usergroupid);
    return userGroupSubject(group);
  }
}

function requireGrantable(perm: string, subject: PermissionSubject): void {
  requireKnown(perm);
  if (perm === 'hg.admin')
    throw refused("permission `hg.admin` is invalid, it follows from the user's flag `admin`");
  const isDefault = subject.type === 'user' && subject.id === DEFAULT_USER_ID;
  if (!isDefault && KINDS_OF_DEFAULT.has(kindOfPermission(perm)))
    throw refused(`permission \`${perm}\` is invalid, only the user \`default\` can have it for everything`);
}

/** Grants to one subject take turns, so that two at once cannot leave two permissions of a kind. */
async function lockStored(
  tx: Tx,
  subject: PermissionSubject,
  given: GlobalPermissionArgs,
): Promise<string[]> {
  const isUser = subject.type === 'user';
  const [found] = await tx.query(
    isUser
      ? 'SELECT 1 FROM "user" WHERE user_id = $1 FOR NO KEY UPDATE'
      : 'SELECT 1 FROM user_group WHERE users_group_id = $1 FOR NO KEY UPDATE',
    [subject.id],
  );
  if (!found) throw isUser ? userDoesNotExist(given.userid) : doesNotExist('userGroup', given.usergroupid);
  const rows = await tx.query<{ permission: string }>(
    `SELECT permission FROM global_permission WHERE ${SUBJECT_COLUMN[subject.type]} = $1 ORDER BY permission_id`,
    [subject.id],
  );
  return rows.map((row) => row.permission);
}

async function remove(tx: Tx, subject: PermissionSubject, permissions: readonly string[]): Promise<void> {
  await tx.query(
    `DELETE FROM global_permission WHERE ${SUBJECT_COLUMN[subject.type]} = $1 AND permission = ANY ($2)`,
    [subject.id, permissions],
  );
}

const shown = (subject: PermissionSubject) => `${SUBJECT_WORDS[subject.type]}: \`${subject.name}\``;
