import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDataSource } from '../../database/data-source.js';
import { migrate } from '../../database/migrate.js';
import { MIGRATIONS } from '../../database/migrations/index.js';
import { CommandError } from '../command-error.js';
import type { DatabaseShape, TableShape } from './manifest.js';

const SCRATCH = 'forgegate_restore_';

/**
 * Fills a schema of its own, which takes the place of the tables in use in one transaction at the end. Whatever fails
 * before leaves them as they were.
 */
export class DatabaseLoad {
  private readonly tables: ReadonlyMap<string, TableShape>;
  private foreignKeys: { table: string; name: string; definition: string }[] = [];

  private constructor(
    private readonly client: pg.Client,
    private readonly url: string,
    private readonly target: string,
    private readonly scratch: string,
    private readonly shape: DatabaseShape,
  ) {
    this.tables = new Map(shape.tables.map((table) => [table.name, table]));
  }

  /** @throws CommandError when the backup is of a newer Forgegate */
  static async begin(url: string, shape: DatabaseShape): Promise<DatabaseLoad> {
    refuseUnknownMigrations(shape.migrations);
    const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
    await client.connect();
    const { rows } = await client.query<{ name: string }>('SELECT current_schema() AS name');
    const scratch = `${SCRATCH}${randomBytes(4).toString('hex')}`;
    const load = new DatabaseLoad(client, url, rows[0]?.name ?? 'public', scratch, shape);
    try {
      await load.prepare();
      return load;
    } catch (error) {
      await load.abandon();
      throw error;
    }
  }

  /** @param lines JSON lines of one table */
  async insert(tableName: string, lines: readonly string[]): Promise<void> {
    const table = this.tables.get(tableName);
    if (!table)
      throw new CommandError(`The backup holds rows of the table ${tableName}, which it does not describe.`);
    const columns = table.columns.map((column) => pg.escapeIdentifier(column.name));
    const values = table.columns.map((column, index) =>
      column.isJson ? `(${columns[index]} #>> '{}')::jsonb` : columns[index],
    );
    const name = pg.escapeIdentifier(tableName);
    await this.client.query(
      `INSERT INTO ${name} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE
       SELECT ${values.join(', ')} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)`,
      [`[${lines.join(',')}]`],
    );
  }

  /** Foreign keys, sequences and the migrations since the backup was made. */
  async complete(): Promise<void> {
    for (const { name, value } of this.shape.sequences) {
      await this.client.query('SELECT setval($1::regclass, $2::bigint)', [pg.escapeIdentifier(name), value]);
    }
    for (const { table, name, definition } of this.foreignKeys) {
      await this.client.query(
        `ALTER TABLE ${table} ADD CONSTRAINT ${pg.escapeIdentifier(name)} ${definition}`,
      );
    }
    await migrate(this.scratchUrl());
    // Transaction ids of another installation say nothing here
    await this.client.query(`UPDATE event SET xact_id = '0'`);
  }

  /**
   * Puts the loaded tables in the place of those in use.
   * @param beside runs when the tables are in place and the transaction is still open; what it throws undoes them
   */
  async swap(beside: () => Promise<void>): Promise<void> {
    const [target, scratch] = [pg.escapeIdentifier(this.target), pg.escapeIdentifier(this.scratch)];
    const loaded = await this.relations(this.scratch);
    const current = await this.relations(this.target);
    await this.client.query('BEGIN');
    try {
      for (const { kind, name } of current.filter((one) => loaded.some((other) => other.name === one.name))) {
        await this.client.query(`DROP ${kind} IF EXISTS ${target}.${name} CASCADE`);
      }
      for (const { kind, name } of loaded) {
        await this.client.query(`ALTER ${kind} ${scratch}.${name} SET SCHEMA ${target}`);
      }
      // without CASCADE: something that was forgotten must not vanish
      await this.client.query(`DROP SCHEMA ${scratch}`);
      await beside();
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
  }

  /** After a swap this only closes the connection. */
  async abandon(): Promise<void> {
    const drop = `DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(this.scratch)} CASCADE`;
    await this.client.query(drop).catch(() => undefined);
    await this.client.end();
  }

  private async prepare(): Promise<void> {
    await this.dropAbandoned();
    await this.client.query(`CREATE SCHEMA ${pg.escapeIdentifier(this.scratch)}`);
    await this.client.query(`SET search_path TO ${pg.escapeIdentifier(this.scratch)}`);
    await migrateTo(this.scratchUrl(), this.shape.migrations.length);
    for (const { name, parent, bound, key } of this.shape.partitions) {
      await this.client.query(
        `CREATE TABLE IF NOT EXISTS ${pg.escapeIdentifier(name)} PARTITION OF ${pg.escapeIdentifier(parent)} ${bound}
         ${key ? `PARTITION BY ${key}` : ''}`,
      );
    }
    const { rows } = await this.client.query<{ table: string; name: string; definition: string }>(
      `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace`,
    );
    // rows of a table may refer to later ones
    this.foreignKeys = rows;
    for (const { table, name } of rows) {
      await this.client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${pg.escapeIdentifier(name)}`);
    }
    const names = [...this.tables.keys()].map((name) => pg.escapeIdentifier(name));
    // what migrations insert is in the backup too
    await this.client.query(`TRUNCATE ${names.join(', ')}`);
  }

  /** Of restores that were killed. */
  private async dropAbandoned(): Promise<void> {
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1)`,
      [SCRATCH],
    );
    for (const { name } of rows) await this.client.query(`DROP SCHEMA ${pg.escapeIdentifier(name)} CASCADE`);
  }

  /** Tables, and the sequences that belong to no column and so do not move with one. */
  /** `name` is quoted; functions have none that differ by their arguments alone. */
  private async relations(schema: string): Promise<Relation[]> {
    const { rows } = await this.client.query<Relation>(
      `SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, quote_ident(c.relname) AS name, c.relispartition AS later
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND (c.relkind IN ('r', 'p') OR c.relkind = 'S' AND NOT EXISTS (
         SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
       UNION ALL
       SELECT 'FUNCTION', quote_ident(p.proname), false
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1
       ORDER BY kind DESC, later, name`,
      [schema],
    );
    return rows;
  }

  private scratchUrl(): string {
    const separator = this.url.includes('?') ? '&' : '?';
    return `${this.url}${separator}options=${encodeURIComponent(`-c search_path=${this.scratch}`)}`;
  }
}

interface Relation {
  kind: 'TABLE' | 'SEQUENCE' | 'FUNCTION';
  name: string;
}

function refuseUnknownMigrations(names: readonly string[]): void {
  const known = MIGRATIONS.map((migration) => migration.name);
  const strange = names.filter((name, index) => known[index] !== name);
  if (strange.length === 0) return;
  throw new CommandError(
    `This backup needs a newer Forgegate: it has the migration ${strange[0]}, which this one does not know.`,
  );
}

/** The schema as it was when the backup was made. */
async function migrateTo(url: string, count: number): Promise<void> {
  const source = createDataSource({ url, poolSize: 1 });
  source.setOptions({ migrations: MIGRATIONS.slice(0, count) });
  await source.initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}
