import pg from 'pg';
import { DATABASE, type DatabaseShape, type TableShape } from './manifest.js';
import { readShape } from './database-shape.js';

const ROWS_A_FETCH = 100;
const CHUNK_CHARACTERS = 1024 * 1024;

/** One moment of the database: rows are read from it as they were when it was opened. */
export class DatabaseSnapshot {
  private constructor(
    private readonly client: pg.Client,
    readonly shape: DatabaseShape,
  ) {}

  /** @throws when the schema is not there */
  static async open(url: string): Promise<DatabaseSnapshot> {
    const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
    await client.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // the first of its statements takes the snapshot; sequences are read after it and so are never behind the rows
      return new DatabaseSnapshot(client, await readShape(client));
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /** The rows of all tables, as JSON lines in pieces of about 1 MiB, named as entries of the backup. */
  async *chunks(): AsyncGenerator<{ name: string; text: string; rows: number }> {
    for (const table of this.shape.tables) {
      let number = 0;
      for await (const lines of this.pieces(table)) {
        number += 1;
        const name = `${DATABASE}${table.name}/${String(number).padStart(6, '0')}.ndjson`;
        yield { name, text: `${lines.join('\n')}\n`, rows: lines.length };
      }
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async *pieces(table: TableShape): AsyncGenerator<string[]> {
    await this.client.query(`DECLARE dump NO SCROLL CURSOR FOR ${rowsOf(table)}`);
    let lines: string[] = [];
    let characters = 0;
    for (;;) {
      const { rows } = await this.client.query<{ line: string }>(`FETCH ${ROWS_A_FETCH} FROM dump`);
      for (const { line } of rows) {
        lines.push(line);
        characters += line.length;
        if (characters < CHUNK_CHARACTERS) continue;
        yield lines;
        lines = [];
        characters = 0;
      }
      if (rows.length < ROWS_A_FETCH) break;
    }
    if (lines.length > 0) yield lines;
    await this.client.query('CLOSE dump');
  }
}

/** JSON columns travel as texts inside: a JSON null is something else than no value. */
function rowsOf({ name, columns }: TableShape): string {
  const selected = columns.map((column) => {
    const quoted = pg.escapeIdentifier(column.name);
    return column.isJson ? `${quoted}::text AS ${quoted}` : quoted;
  });
  return `SELECT to_jsonb(r)::text AS line FROM (SELECT ${selected.join(', ')} FROM ${pg.escapeIdentifier(name)}) r`;
}
