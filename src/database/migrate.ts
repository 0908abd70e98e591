import { ADVISORY_LOCK } from './advisory-locks.js';
import { createDataSource } from './data-source.js';

/** Any constant will do; all processes of a cluster must agree on it. */

/**
 * Brings the schema up to date. Processes that start together take turns: TypeORM itself has no lock.
 * @returns names of the migrations that ran, empty when there was nothing to do
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const source = await createDataSource({ url: databaseUrl, poolSize: 2 }).initialize();
  try {
    const lock = source.createQueryRunner();
    await lock.connect();
    try {
      await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK.migrations]);
      const ran = await source.runMigrations({ transaction: 'each' });
      return ran.map((migration) => migration.name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK.migrations]).catch(() => undefined);
      await lock.release();
    }
  } finally {
    await source.destroy();
  }
}
