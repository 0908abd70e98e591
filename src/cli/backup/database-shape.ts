import type pg from 'pg';
import type { DatabaseShape, PartitionShape, TableShape } from './manifest.js';

const TABLES = `
  SELECT c.relname AS name,
    json_agg(json_build_object('name', a.attname, 'isJson', a.atttypid IN ('json'::regtype, 'jsonb'::regtype))
      ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname <> 'migration' AND a.attgenerated = ''
  GROUP BY c.relname ORDER BY c.relname`;

const PARTITIONS = `
  WITH RECURSIVE tree AS (
    SELECT c.oid, c.relname, 0 AS depth FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'p' AND NOT c.relispartition
    UNION ALL
    SELECT i.inhrelid, c.relname, tree.depth + 1
      FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid JOIN pg_class c ON c.oid = i.inhrelid
  )
  SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound,
    CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS key
  FROM tree JOIN pg_class c ON c.oid = tree.oid
    JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
  ORDER BY tree.depth, c.relname`;

const SEQUENCES = `
  SELECT sequencename AS name, last_value::text AS value FROM pg_sequences
  WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename`;

/** What is in the current schema, in the transaction of `client`. */
export async function readShape(client: pg.Client): Promise<DatabaseShape> {
  const migrations = await client.query<{ name: string }>('SELECT name FROM migration ORDER BY timestamp');
  const tables = await client.query<TableShape>(TABLES);
  const partitions = await client.query<PartitionShape>(PARTITIONS);
  const sequences = await client.query<{ name: string; value: string }>(SEQUENCES);
  return {
    migrations: migrations.rows.map((row) => row.name),
    tables: tables.rows,
    partitions: partitions.rows,
    sequences: sequences.rows,
  };
}
