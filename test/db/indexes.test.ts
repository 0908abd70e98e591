import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../harness/postgres.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  await client.query('SET enable_seqscan = off');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** With an index that leads with its columns, and that leaves out at most the rows where they are null. */
const FOREIGN_KEYS_WITHOUT_INDEX = `
  SELECT con.conrelid::regclass || '(' || string_agg(a.attname, ', ') || ')' AS key
    FROM pg_constraint con JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = ANY (con.conkey)
   WHERE con.contype = 'f' AND con.conparentid = 0
     AND NOT EXISTS (
       SELECT 1 FROM pg_index i
        WHERE i.indrelid = con.conrelid AND (i.indkey::int2[])[0:cardinality(con.conkey) - 1] @> con.conkey
          AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
   GROUP BY con.oid, con.conrelid`;

describe('indexes', () => {
  it('lead from every object to what refers to it', async () => {
    expect((await client.query(FOREIGN_KEYS_WITHOUT_INDEX)).rows).toEqual([]);
  });

  it.each([
    ['"user"', 'username'],
    ['user_group', 'group_name'],
    ['repo_group', 'group_name'],
    ['repo', 'repo_name'],
  ])('find a row of %s by its %s', async (table, column) => {
    expect(await plan(`SELECT 1 FROM ${table} WHERE ${column} = 'a'`)).toMatch(/Index/);
  });

  it.each([
    ['repo_group', 'group_name'],
    ['repo', 'repo_name'],
  ])('find the rows of %s whose %s begins with a path', async (table, column) => {
    expect(await plan(`SELECT 1 FROM ${table} WHERE starts_with(${column}, 'a/')`)).toContain('Index Cond');
  });
});

/** How it is done when there is any other way than reading the whole table. */
async function plan(statement: string): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
