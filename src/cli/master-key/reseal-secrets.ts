import pg from 'pg';
import { SEALED_COLUMNS, type SealedColumn } from '../../config/sealed-columns.js';
import { SecretBoxError, type SecretBox } from '../../config/secret-box.js';
import type { Progress } from '../backup/progress.js';

/** Rows locked at once; a gateway that writes one of them waits that long. */
const BATCH = 200;

export interface Resealed {
  /** Secrets that are sealed with the first key now and were not before. */
  readonly resealed: number;
  /** Left as they are: no key that is here opens them. */
  readonly unreadable: number;
}

/**
 * Seals with the first master key what an older one sealed, while gateways run or not, in transactions of some rows;
 * broken off at any point it goes on from there when it is called again.
 */
export async function resealSecrets(
  url: string,
  box: SecretBox,
  progress: Progress,
  signal: AbortSignal,
): Promise<Resealed> {
  const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
  await client.connect();
  try {
    const total = { resealed: 0, unreadable: 0 };
    for (const column of Object.values<SealedColumn>(SEALED_COLUMNS)) {
      for (;;) {
        signal.throwIfAborted();
        const count = await resealSome(client, box, column);
        total.resealed += count;
        if (count === 0) break;
        progress.running(() => `${total.resealed} secrets sealed again so far`);
      }
      total.unreadable += await countOld(client, box, column);
    }
    if (total.unreadable === 0) await client.query('UPDATE installation SET master_key_id = $1', [box.keyId]);
    return total;
  } finally {
    await client.end();
  }
}

/** Bytes 2 to 5 name the key (see {@link SecretBox}). */
const sealedWith = (column: string) => `encode(substr(${column}, 2, 4), 'hex')`;

async function resealSome(client: pg.Client, box: SecretBox, sealed: SealedColumn): Promise<number> {
  const { table, column, purpose } = sealed;
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ row: string; value: Buffer }>(
      `SELECT ctid::text AS row, ${column} AS value FROM ${table}
        WHERE ${sealedWith(column)} = ANY ($1) LIMIT ${BATCH} FOR UPDATE`,
      [box.keyIds.slice(1)],
    );
    const values = rows.map(({ value }) => box.seal(open(box, value, sealed), purpose));
    await client.query(
      `UPDATE ${table} t SET ${column} = changed.value
         FROM unnest($1::text[], $2::bytea[]) AS changed (row, value) WHERE t.ctid = changed.row::tid`,
      [rows.map(({ row }) => row), values],
    );
    await client.query('COMMIT');
    return rows.length;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function open(box: SecretBox, value: Buffer, { table, column, purpose }: SealedColumn): string {
  try {
    return box.open(value, purpose);
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    throw new SecretBoxError(`${table}.${column}: ${error.message}`, { cause: error });
  }
}

async function countOld(client: pg.Client, box: SecretBox, { table, column }: SealedColumn): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table} WHERE ${sealedWith(column)} <> $1`,
    [box.keyId],
  );
  return rows[0]?.count ?? 0;
}
