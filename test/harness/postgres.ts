import type pg from 'pg';
export { createTestDatabase, type TestDatabase } from '../../src/plugin-testing/test-database.js';

/** Ends all connections to the database of a client, but its own; what they had not committed goes with them. */
export async function cutConnections(observer: pg.Client): Promise<void> {
  await observer.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}
