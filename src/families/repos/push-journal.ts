import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Tx } from '../../database/database.js';
import type { RefChange } from '../../vcs/ref-changes.js';
import type { ChangeRow, PushCaller, PushOrigin, PushRow } from './push-record.js';
import { IS_BEHIND } from './push-turns.js';

/** Waits for whoever is moving or deleting the repository. $6: the name it must still have then */
const OPEN = `
  WITH here AS MATERIALIZED (SELECT repo_id FROM repo WHERE repo_id = $2 AND repo_name = $6 FOR KEY SHARE)
  INSERT INTO push (push_id, repo_id, source, caller, lease_until)
  SELECT $1::uuid, repo_id, $3, $4::jsonb, now() + $5::int * interval '1 ms' FROM here RETURNING push_id`;

/**
 * Whoever is about to change a ref holds its lock and knows its value: so what was announced for it before is decided
 * now. A merge announces before it has the lock: while its process lives, only it can say that it failed. One statement,
 * because git asks for each ref of a push; OFFSET, or all of them are looked through for each. $7 lease in ms; the others
 * as for {@link ANNOUNCE}
 */
const ANNOUNCE_NEXT = `
  WITH still_open AS (
    UPDATE push SET lease_until = now() + $7::int * interval '1 ms'
     WHERE push_id = $1 AND NOT is_recorded AND attempts = 0 RETURNING push_id),
  next_ AS MATERIALIZED (
    SELECT kind, name, from_id, to_id, place, push_id
      FROM still_open, unnest($3::text[], $4::text[], $5::text[], $6::text[])
           WITH ORDINALITY AS c (kind, name, from_id, to_id, place)),
  earlier AS (
    UPDATE ref_change c SET has_happened = found.has_happened
      FROM next_ CROSS JOIN LATERAL (
             SELECT e.change_id, e.to_id IS NOT DISTINCT FROM next_.from_id AS has_happened
               FROM ref_change e JOIN push p USING (push_id)
              WHERE e.repo_id = $2 AND e.has_happened IS NULL AND e.kind = next_.kind AND e.name = next_.name
                AND e.kind <> 'changesets' AND
                (e.to_id IS NOT DISTINCT FROM next_.from_id OR p.source <> 'merge' OR p.lease_until < now())
             OFFSET 0) found
     WHERE c.change_id = found.change_id AND c.has_happened IS NULL),
  announced AS (
    INSERT INTO ref_change (push_id, repo_id, kind, name, from_id, to_id)
    SELECT push_id, $2, kind, name, from_id, to_id FROM next_ ORDER BY place)
  SELECT push_id FROM still_open`;

/** $1 push_id, $2 repo_id, $3 kinds, $4 names, $5 from, $6 to */
export const ANNOUNCE = `
  INSERT INTO ref_change (push_id, repo_id, kind, name, from_id, to_id)
  SELECT $1, $2, kind, name, from_id, to_id
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS c (kind, name, from_id, to_id)`;

const UNDECIDED = `
  SELECT c.*, p.source = 'merge' AND p.lease_until >= now() AS is_open_merge
    FROM ref_change c JOIN push p USING (push_id)
   WHERE c.repo_id = $1 AND c.has_happened IS NULL ORDER BY c.change_id`;

const DECIDE = `
  UPDATE ref_change c SET has_happened = d.has_happened
    FROM unnest($1::bigint[], $2::boolean[]) AS d (change_id, has_happened)
   WHERE c.change_id = d.change_id AND c.has_happened IS NULL`;

/** Longer pauses after each attempt, up to 256 leases. $1 lease in ms, $2 push_ids that live here */
const CLAIM = `
  UPDATE push SET attempts = attempts + 1,
         lease_until = now() + $1::int * interval '1 ms' * power(2, least(attempts, 8))
   WHERE push_id = (SELECT push_id FROM push p
                     WHERE lease_until < now() AND push_id <> ALL ($2::uuid[]) AND NOT ${IS_BEHIND}
                     ORDER BY source = 'rescan', lease_until LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING *`;

interface Opening {
  readonly pushId: string;
  readonly repoId: number;
}

type Undecided = ChangeRow & { is_open_merge: boolean };

/**
 * What is about to change in repositories, in the database before it is on disk: a process that dies leaves behind what
 * has to be looked at, and nothing else has to be.
 */
@Injectable()
export class PushJournal {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
  ) {}

  /**
   * Before a program is started: while it lasts, nobody moves or deletes the repository. Mercurial writes by the name
   * that it was started with, and would begin a second repository there.
   * @returns false when the repository has this name no more
   */
  async open(
    { pushId, repoId, source, caller }: Opening & { source: PushOrigin; caller: PushCaller },
    repoName: string,
  ): Promise<boolean> {
    const values = [pushId, repoId, source, caller, this.settings.jobLeaseMs, repoName];
    return (await this.db.prepared('push_open', OPEN, values)).length > 0;
  }

  /**
   * Writes down changes that come next.
   * @returns false when the push was taken for dead meanwhile; it must not go on then
   */
  async announce({ pushId, repoId }: Opening, changes: readonly RefChange[]): Promise<boolean> {
    const columns = (['kind', 'name', 'from', 'to'] as const).map((key) =>
      changes.map((change) => change[key]),
    );
    const values = [pushId, repoId, ...columns, this.settings.jobLeaseMs];
    return (await this.db.prepared('push_announce_next', ANNOUNCE_NEXT, values)).length > 0;
  }

  /** Of the whole repository, the oldest first. */
  undecided(repoId: number): Promise<Undecided[]> {
    return this.db.prepared<Undecided>('push_undecided', UNDECIDED, [repoId]);
  }

  /** What was decided already stays so. */
  async decide(decisions: readonly { changeId: number; hasHappened: boolean }[]): Promise<void> {
    await this.db.prepared('push_decide', DECIDE, [
      decisions.map(({ changeId }) => changeId),
      decisions.map(({ hasHappened }) => hasHappened),
    ]);
  }

  async find(pushId: string): Promise<PushRow | null> {
    const [row] = await this.db.prepared<PushRow>('push_by_id', 'SELECT * FROM push WHERE push_id = $1', [
      pushId,
    ]);
    return row ?? null;
  }

  changes(pushId: string): Promise<ChangeRow[]> {
    return this.db.prepared<ChangeRow>(
      'push_changes',
      'SELECT * FROM ref_change WHERE push_id = $1 ORDER BY change_id',
      [pushId],
    );
  }

  /** In the transaction of the events. @returns false when another process has recorded them */
  async markRecorded(tx: Tx, pushId: string): Promise<boolean> {
    const rows = await tx.prepared(
      'push_recorded',
      'UPDATE push SET is_recorded = true WHERE push_id = $1 AND NOT is_recorded RETURNING push_id',
      [pushId],
    );
    return rows.length > 0;
  }

  /** Nothing is left to do for it. */
  async close(pushId: string): Promise<void> {
    await this.db.prepared('push_close', 'DELETE FROM push WHERE push_id = $1', [pushId]);
  }

  /** Says that these go on in this process. */
  async beat(pushIds: readonly string[]): Promise<void> {
    await this.db.prepared(
      'push_beat',
      `UPDATE push SET lease_until = now() + $2::int * interval '1 ms'
        WHERE push_id = ANY ($1::uuid[]) AND attempts = 0`,
      [pushIds, this.settings.jobLeaseMs],
    );
  }

  /**
   * The next one whose process fell silent; it is this process's turn for a while.
   * @param own pushes of this process, which live, however late their heart beats
   */
  async claim(own: readonly string[]): Promise<PushRow | null> {
    const [row] = await this.db.prepared<PushRow>('push_claim', CLAIM, [this.settings.jobLeaseMs, own]);
    return row ?? null;
  }
}
