import { Injectable } from '@nestjs/common';
import { OBJECT_TABLES } from '../../access/level-queries.js';
import { permissionName } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import { isForeignKeyViolation } from '../../database/pg-errors.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { permissionGranted, permissionRevoked, type PermissionSubject } from '../../sdk/index.js';
import { ANCESTOR_IDS } from '../repo-groups/repo-groups.directory.js';
import { STORED_CLONE_URI_TEMPLATE } from '../settings/clone-uri-template.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import { recordedBy } from '../users/recorded-by.js';
import { SUBJECT_COLUMN } from './subject.js';

type GrantKind = 'repo' | 'repoGroup';

interface Target extends Record<string, unknown> {
  id: number;
  name: string;
  /** Null for a repository group. */
  repo_type: 'git' | 'hg' | null;
  group_ids: number[];
  clone_uri_tmpl: string | null;
}

const OBJECT_TYPE = { repo: 'repo', repoGroup: 'repo_group' } as const;

const TARGETS: Record<GrantKind, string> = {
  repo: `SELECT r.repo_id AS id, r.repo_name AS name, r.repo_type, ${ANCESTOR_IDS('r.group_id')} AS group_ids,
      ${STORED_CLONE_URI_TEMPLATE} AS clone_uri_tmpl
    FROM repo r WHERE r.repo_id = ANY ($1) ORDER BY r.repo_name`,
  repoGroup: `SELECT g.group_id AS id, g.group_name AS name, NULL AS repo_type, ${ANCESTOR_IDS('g.group_id')} AS group_ids,
      NULL AS clone_uri_tmpl
    FROM repo_group g WHERE g.group_id = ANY ($1) ORDER BY g.group_name`,
};

/**
 * The stored rights of a user or user group on repositories and repository groups, one level for a pair. What was so
 * already is left alone and not told of. The queries are the same for one object and for a whole tree.
 */
@Injectable()
export class ObjectGrants {
  constructor(
    private readonly rights: Rights,
    private readonly outbox: Outbox,
    private readonly repos: ReposDirectory,
  ) {}

  async grant(
    tx: Tx,
    caller: Caller,
    kind: GrantKind,
    ids: readonly number[],
    subject: PermissionSubject,
    level: number,
  ): Promise<void> {
    const { grants, target } = OBJECT_TABLES[kind];
    const column = SUBJECT_COLUMN[subject.type];
    const before = await tx.query<{ id: number; level: number }>(
      `SELECT ${target} AS id, level FROM ${grants} WHERE ${target} = ANY ($1) AND ${column} = $2
       ORDER BY ${target} FOR UPDATE`,
      [ids, subject.id],
    );
    const changed = await tx.query<{ id: number }>(
      `INSERT INTO ${grants} (${target}, ${column}, level) SELECT id, $2, $3 FROM unnest($1::int[]) AS id ORDER BY id
       ON CONFLICT (${target}, ${column}) WHERE ${column} IS NOT NULL
         DO UPDATE SET level = EXCLUDED.level WHERE ${grants}.level <> EXCLUDED.level
       RETURNING ${target} AS id`,
      [ids, subject.id, level],
    );
    const levelBefore = new Map(before.map((row) => [row.id, row.level]));
    for (const each of await this.targets(tx, kind, changed)) {
      const known = levelBefore.get(each.id);
      const previous = { permission: known === undefined ? null : permissionName(kind, known) };
      const data = { ...this.about(kind, each), subject, permission: permissionName(kind, level), previous };
      await this.outbox.record(tx, permissionGranted, { ...this.recording(caller, kind, each), data });
    }
    if (changed.length > 0) await this.rights.changed(tx);
  }

  /** Nothing to revoke is no error. */
  async revoke(
    tx: Tx,
    caller: Caller,
    kind: GrantKind,
    ids: readonly number[],
    subject: PermissionSubject,
  ): Promise<void> {
    const { grants, target } = OBJECT_TABLES[kind];
    const gone = await tx.query<{ id: number; level: number }>(
      `DELETE FROM ${grants} WHERE ${target} = ANY ($1) AND ${SUBJECT_COLUMN[subject.type]} = $2
       RETURNING ${target} AS id, level`,
      [ids, subject.id],
    );
    const levels = new Map(gone.map((row) => [row.id, row.level]));
    for (const each of await this.targets(tx, kind, gone)) {
      const permission = permissionName(kind, levels.get(each.id) ?? 0);
      const data = { ...this.about(kind, each), subject, permission };
      await this.outbox.record(tx, permissionRevoked, { ...this.recording(caller, kind, each), data });
    }
    if (gone.length > 0) await this.rights.changed(tx);
  }

  private targets(tx: Tx, kind: GrantKind, rows: readonly { id: number }[]): Promise<Target[]> {
    return rows.length === 0
      ? Promise.resolve([])
      : tx.query<Target>(TARGETS[kind], [rows.map(({ id }) => id)]);
  }

  private recording(caller: Caller, kind: GrantKind, { id, group_ids }: Target) {
    return { ...recordedBy(caller), groupIds: group_ids, ...(kind === 'repo' && { repoId: id }) };
  }

  private about(kind: GrantKind, { id, name, repo_type, clone_uri_tmpl }: Target) {
    const repository =
      repo_type && this.repos.ref({ repo_id: id, repo_name: name, repo_type, clone_uri_tmpl });
    return { ...(repository && { repository }), object: { type: OBJECT_TYPE[kind], id, name } };
  }
}

/** For grants: what they are on, or who they are for, may be deleted in the same moment. */
export const orDeleted = (failure: string) => (error: unknown) => {
  throw isForeignKeyViolation(error) ? refused(failure, error) : error;
};
