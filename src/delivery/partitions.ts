import { Injectable, Logger } from '@nestjs/common';
import { ADVISORY_LOCK } from '../database/advisory-locks.js';
import { Database, type Sql, type Tx } from '../database/database.js';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 7;

interface Partitioned {
  readonly table: string;
  readonly key: string;
  /** Column of an unfinished delivery that tells which partition it still needs; null when it needs none. */
  readonly neededBy: 'event_occurred_at' | 'created_at' | null;
}

const TABLES: readonly Partitioned[] = [
  { table: 'event', key: 'occurred_at', neededBy: 'event_occurred_at' },
  { table: 'delivery_closed', key: 'created_at', neededBy: null },
  { table: 'attempt', key: 'created_at', neededBy: 'created_at' },
];

/** Midnight, UTC. */
const dayOf = (time: Date): Date => new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);
const plusDays = (day: Date, days: number): Date => new Date(day.getTime() + days * DAY_MS);
const nameOf = (table: string, day: Date): string =>
  `${table}_p${day.toISOString().slice(0, 10).replaceAll('-', '')}`;

/** One partition for each UTC day. Without them everything still works, in the default partitions. */
@Injectable()
export class Partitions {
  private readonly log = new Logger('Partitions');

  constructor(private readonly db: Database) {}

  /**
   * Makes those of today and the next seven days, as far as they are missing. A day that has already begun in the
   * default partition stays there: moving rows would hide them from statements that are under way.
   */
  async createAhead(now: Date): Promise<void> {
    for (const { table, key } of TABLES) {
      const known = new Set(await this.namesOf(table));
      for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
        const day = plusDays(dayOf(now), ahead);
        const name = nameOf(table, day);
        if (known.has(name)) continue;
        await this.exclusively(async (tx) => {
          // A row of today that is already on its way into the default partition would be refused there afterwards
          if (ahead === 0) await tx.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
          await create(tx, table, key, name, day);
        });
      }
    }
  }

  /**
   * Drops the days that ended before `retentionDays` ago. A day that an unfinished delivery still needs is kept until
   * it is finished. @returns names of what was dropped
   */
  async dropExpired(now: Date, retentionDays: number): Promise<string[]> {
    const horizon = plusDays(dayOf(now), -retentionDays);
    const dropped: string[] = [];
    for (const { table, key, neededBy } of TABLES) {
      for (const name of await this.namesOf(table)) {
        const day = dayIn(name);
        if (day === null || plusDays(day, 1) > horizon) continue;
        if (await this.exclusively((tx) => drop(tx, name, day, neededBy))) dropped.push(name);
        else
          this.log.warn(
            `${name} is older than ${retentionDays} days, but unfinished deliveries still need it`,
          );
      }
      await this.db.query(
        `DELETE FROM ${table}_default AS old WHERE ${key} < $1${
          neededBy
            ? ` AND NOT EXISTS (SELECT FROM delivery_open d WHERE d.${neededBy} = old.${key})
                AND NOT EXISTS (SELECT FROM outbox o WHERE o.occurred_at = old.${key})`
            : ''
        }`,
        [horizon],
      );
    }
    return dropped;
  }

  private async namesOf(table: string): Promise<string[]> {
    const rows = await this.db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = $1::regclass ORDER BY 1`,
      [table],
    );
    return rows.map(({ name }) => name);
  }

  /** Rather fails, to be tried again in an hour, than lets the queue wait behind its lock. */
  private exclusively<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK.partitions]);
      await tx.query(`SET LOCAL lock_timeout = '2s'`);
      return work(tx);
    });
  }
}

async function create(sql: Sql, table: string, key: string, name: string, day: Date): Promise<void> {
  const end = plusDays(day, 1);
  const [found] = await sql.query<{ exists: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL
         OR EXISTS (SELECT FROM ${table}_default WHERE ${key} >= $2 AND ${key} < $3) AS exists`,
    [name, day, end],
  );
  if (found?.exists) return;
  // Made apart and then attached, because that leaves readers and writers of the other days alone.
  await sql.query(`
    CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    ALTER TABLE ${table} ATTACH PARTITION ${name}
      FOR VALUES FROM ('${day.toISOString()}') TO ('${end.toISOString()}');`);
}

async function drop(sql: Sql, name: string, day: Date, neededBy: Partitioned['neededBy']): Promise<boolean> {
  if (neededBy !== null) {
    const [needed] = await sql.query<{ needed: boolean }>(
      `SELECT EXISTS (SELECT FROM delivery_open WHERE ${neededBy} >= $1 AND ${neededBy} < $2)
           OR EXISTS (SELECT FROM outbox WHERE occurred_at >= $1 AND occurred_at < $2) AS needed`,
      [day, plusDays(day, 1)],
    );
    if (needed?.needed) return false;
  }
  await sql.query(`DROP TABLE IF EXISTS ${name}`);
  return true;
}

function dayIn(name: string): Date | null {
  const digits = /_p(\d{4})(\d{2})(\d{2})$/.exec(name);
  return digits ? new Date(`${digits[1]}-${digits[2]}-${digits[3]}T00:00:00Z`) : null;
}
