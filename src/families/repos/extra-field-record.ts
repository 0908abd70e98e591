import type { Row, Sql } from '../../database/database.js';

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
