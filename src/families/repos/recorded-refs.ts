import type { Tx } from '../../database/database.js';
import type { RefChange, RefValue } from '../../vcs/ref-changes.js';
import type { ChangeRow } from './push-record.js';
import { refKey } from './push-record.js';

const UPSERT = `
  INSERT INTO recorded_ref AS r (repo_id, kind, name, raw_id, change_id)
  SELECT $1, kind, name, raw_id, change_id
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS c (kind, name, raw_id, change_id)
  ON CONFLICT (repo_id, kind, name) DO UPDATE SET raw_id = excluded.raw_id, change_id = excluded.change_id
   WHERE r.change_id < excluded.change_id`;

/** A later push may have been recorded before: what it left must not come back. Forgotten when no push is open. */
const FORGET_GONE = `
  DELETE FROM recorded_ref WHERE repo_id = $1 AND raw_id IS NULL
     AND NOT EXISTS (SELECT FROM push WHERE repo_id = $1 AND push_id <> $2)`;

/** What refs are, as far as it was told. @param changes the last one of each ref, without additions */
export async function recordRefs(
  tx: Tx,
  repoId: number,
  pushId: string,
  changes: readonly ChangeRow[],
): Promise<void> {
  await tx.prepared('recorded_ref_upsert', UPSERT, [
    repoId,
    changes.map(({ kind }) => kind),
    changes.map(({ name }) => name),
    changes.map(({ to_id }) => to_id),
    changes.map(({ change_id }) => change_id),
  ]);
  await tx.prepared('recorded_ref_forget', FORGET_GONE, [repoId, pushId]);
}

/** All refs of a repository of which nothing has to be told: a new one, or one that was taken in. */
export async function recordAllRefs(tx: Tx, repoId: number, refs: readonly RefValue[]): Promise<void> {
  await tx.query('DELETE FROM recorded_ref WHERE repo_id = $1', [repoId]);
  await tx.prepared('recorded_ref_upsert', UPSERT, [
    repoId,
    refs.map(({ kind }) => kind),
    refs.map(({ name }) => name),
    refs.map(({ id }) => id),
    refs.map(() => 0),
  ]);
  await tx.query('UPDATE repo SET refs_recorded = true WHERE repo_id = $1', [repoId]);
}

/** How the refs differ from what was told of them; null when nothing was told yet. */
export async function untoldChanges(
  tx: Tx,
  repoId: number,
  refs: readonly RefValue[],
): Promise<RefChange[] | null> {
  const [repo] = await tx.query<{ refs_recorded: boolean }>(
    'SELECT refs_recorded FROM repo WHERE repo_id = $1',
    [repoId],
  );
  if (!repo?.refs_recorded) return null;
  const told = await tx.query<{ kind: RefValue['kind']; name: string; raw_id: string }>(
    'SELECT kind, name, raw_id FROM recorded_ref WHERE repo_id = $1 AND raw_id IS NOT NULL',
    [repoId],
  );
  const before = new Map(told.map((ref) => [refKey(ref), ref]));
  const changes: RefChange[] = [];
  for (const { kind, name, id } of refs) {
    const from = before.get(refKey({ kind, name }))?.raw_id ?? null;
    before.delete(refKey({ kind, name }));
    if (from !== id) changes.push({ kind, name, from, to: id });
  }
  for (const { kind, name, raw_id } of before.values()) changes.push({ kind, name, from: raw_id, to: null });
  return changes;
}
