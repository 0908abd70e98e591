import type { Row, Sql, Tx } from '../../database/database.js';

/** A field that administrators added to a repository; shown as `ex_<key>`. */
export interface ExtraField extends Row {
  field_key: string;
  field_label: string;
  field_desc: string;
  field_value: string;
}

/** In the order in which they were added. */
export function extraFieldsOf(sql: Sql, repoId: number): Promise<ExtraField[]> {
  return sql.query<ExtraField>(
    `SELECT field_key, field_label, field_desc, field_value FROM repo_extra_field
     WHERE repo_id = $1 ORDER BY field_id`,
    [repoId],
  );
}

const KEY = /^[a-zA-Z0-9_-]{1,64}$/;
export const MAX_EXTRA_FIELDS = 100;

/** What is wrong with a key, to follow "the key"; null when nothing is. */
export function fieldKeyFault(key: string): string | null {
  if (KEY.test(key)) return null;
  return 'must be 1 to 64 letters (a to z), digits, `_` or `-`';
}

/** RhodeCode's way to write several: `key=value,other=value`, where `\\,` is a comma of a value. Null: it is not so written. */
export function parseFieldValues(text: string): Map<string, string> | null {
  const values = new Map<string, string>();
  for (const pair of text.split(/(?<!\\),/)) {
    if (pair.trim() === '') continue;
    const end = pair.indexOf('=');
    if (end < 1) return null;
    values.set(pair.slice(0, end).trim(), pair.slice(end + 1).replaceAll('\\,', ','));
  }
  return values;
}

/** @returns the first key that the repository has no field of; null when all were set */
export async function setFieldValues(
  tx: Tx,
  repoId: number,
  values: ReadonlyMap<string, string>,
): Promise<string | null> {
  if (values.size === 0) return null;
  const rows = await tx.query<{ field_key: string }>(
    `UPDATE repo_extra_field f SET field_value = given.value
     FROM unnest($2::text[], $3::text[]) AS given (key, value)
     WHERE f.repo_id = $1 AND f.field_key = given.key RETURNING f.field_key`,
    [repoId, [...values.keys()], [...values.values()]],
  );
  const found = new Set(rows.map(({ field_key }) => field_key));
  return [...values.keys()].find((key) => !found.has(key)) ?? null;
}
