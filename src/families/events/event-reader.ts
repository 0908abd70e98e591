import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { effectiveLevels } from '../../access/level-queries.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import { Database, type Row } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { invalidParams } from '../../rpc/errors.js';
import type { EventEnvelope } from '../../sdk/index.js';
import { visibleParent } from '../repos/fork-parent.js';

/** What everybody may hear of who may read a repository; the rest is for its admins. */
const FOR_READERS = ['repo.pushed', 'pull_request.*', 'changeset.*', 'branch.*', 'tag.*', 'bookmark.*'];

export interface EventFilter {
  /** Patterns with `*`. */
  readonly eventTypes: readonly string[];
  readonly repoId: number | null;
  /** Events that happened at or after this. */
  readonly since: Date | null;
  readonly limit: number;
}

export interface LoggedEvent {
  readonly cursor: string;
  readonly type: string;
  /** The text that subscribers get. */
  readonly body: string;
}

/** Events, oldest first, and where to go on. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  readonly cursor: string;
}

interface EventRow extends Row {
  event_id: number;
  xact_id: string;
  type: string;
  body: string;
}

const LIKE = (column: string, patterns: string) =>
  `EXISTS (SELECT FROM unnest(${patterns}) AS p WHERE ${column} LIKE replace(replace(p, '_', '\\_'), '*', '%'))`;

/**
 * $1 user_id, $2 and $3 the cursor, $4 patterns, $5 repo_id, $6 since, $7 limit, $8 super admin, $9 patterns for readers.
 * Transactions that are still open may commit an event with a lower id; what comes after the oldest of them is not read
 * yet, and the order is that of transactions, so that a reader passes over nothing.
 */
const READ = `
  WITH repo_level AS (${effectiveLevels('repo')}), group_level AS (${effectiveLevels('repoGroup')})
  SELECT e.event_id, e.xact_id::text AS xact_id, e.type, e.body
    FROM event e
   WHERE (e.xact_id, e.event_id) > ($2::xid8, $3::bigint) AND e.xact_id < pg_snapshot_xmin(pg_current_snapshot())
     AND e.only_webhook_id IS NULL AND ${LIKE('e.type', '$4::text[]')}
     AND ($5::int IS NULL OR e.repo_id = $5) AND ($6::timestamptz IS NULL OR e.occurred_at >= $6)
     AND ($8 OR e.repo_id IN (SELECT id FROM repo_level
                               WHERE level >= CASE WHEN ${LIKE('e.type', '$9::text[]')} THEN ${LEVEL_WEIGHT.read}
                                                   ELSE ${LEVEL_WEIGHT.admin} END)
             OR (e.repo_id IS NULL AND EXISTS (SELECT FROM group_level WHERE level >= ${LEVEL_WEIGHT.admin}
                                                  AND id = ANY (e.group_ids))))
   ORDER BY e.xact_id, e.event_id LIMIT $7`;

const NAMES_PARENT = /"fork_of":"/;

const HORIZON = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xact_id`;

/** The event log as far as a caller may see it. */
@Injectable()
export class EventReader {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  /** Where what is recorded from now on begins. */
  async end(): Promise<string> {
    const [row] = await this.db.prepared<{ xact_id: string }>('event_horizon', HORIZON);
    return `${row?.xact_id ?? '0'}.0`;
  }

  /** @throws RpcFault INVALID_PARAMS */
  checked(cursor: string): string {
    return parseCursor(cursor).join('.');
  }

  /** @param cursor null: from the beginning @throws RpcFault INVALID_PARAMS for one that is none of ours */
  async read(principal: Principal, filter: EventFilter, cursor: string | null): Promise<EventPage> {
    const [xactId, eventId] = parseCursor(cursor ?? '0.0');
    // Asked before: what commits in between would be passed over otherwise
    const end = await this.end();
    const rows = await this.db.prepared<EventRow>('event_read', READ, [
      principal.userId,
      xactId,
      eventId,
      filter.eventTypes,
      filter.repoId,
      filter.since,
      filter.limit,
      principal.admin,
      FOR_READERS,
    ]);
    const told = rows.filter((row) => this.isInScope(principal, row.body));
    const last = rows.at(-1);
    const isAll = rows.length < filter.limit;
    return {
      events: await Promise.all(
        told.map(async (row) => ({
          ...row,
          body: await this.withoutHiddenParent(principal, row.body),
          cursor: cursorOf(row),
        })),
      ),
      cursor: isAll ? later(end, last && cursorOf(last), `${xactId}.${eventId}`) : cursorOf(last as EventRow),
    };
  }

  /** Subscribers of a fork hear what it was forked from; who only reads it hears that of what he may see. */
  private async withoutHiddenParent(principal: Principal, body: string): Promise<string> {
    if ((principal.admin && principal.scopes === null) || !NAMES_PARENT.test(body)) return body;
    const event = JSON.parse(body) as EventEnvelope;
    const { repo } = event.data as { repo?: { fork_of: string | null } };
    if (!repo?.fork_of) return body;
    const parent = await this.access.find('repo', repo.fork_of);
    const known = { fork_id: parent?.id ?? null, fork_of: parent?.name ?? null };
    if ((await visibleParent(this.access, principal, known)) !== null) return body;
    repo.fork_of = null;
    return JSON.stringify(event);
  }

  private isInScope(principal: Principal, body: string): boolean {
    if (!this.access.isLimitedToObjects(principal)) return true;
    const { repository } = (JSON.parse(body) as EventEnvelope).data as { repository?: { repo_name: string } };
    return repository !== undefined && this.access.isInScope(principal, 'repo', repository.repo_name);
  }
}

const cursorOf = ({ xact_id, event_id }: EventRow) => `${xact_id}.${event_id}`;

function parseCursor(cursor: string): [xactId: string, eventId: string] {
  const [, xactId, eventId] = /^(\d{1,19})\.(\d{1,18})$/.exec(cursor) ?? [];
  if (xactId === undefined || eventId === undefined)
    throw invalidParams('argument `cursor` must be one that `get_events` answered, or `now`');
  return [xactId, eventId];
}

/** The greatest of them. */
function later(...cursors: readonly (string | undefined)[]): string {
  const known = cursors.filter((cursor) => cursor !== undefined);
  return known.reduce((a, b) => {
    const [ax, ae] = a.split('.').map(BigInt) as [bigint, bigint];
    const [bx, be] = b.split('.').map(BigInt) as [bigint, bigint];
    return ax > bx || (ax === bx && ae >= be) ? a : b;
  });
}
