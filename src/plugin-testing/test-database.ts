import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { embeddedUrl } from '../database/embedded/embedded-postgres.js';
import { startTestCluster, type TestCluster } from './test-cluster.js';
import { TEST_ENVIRONMENT } from './test-environment.js';

export interface TestDatabase {
  /** For `pg` and TypeORM; all migrations have run, no rows beside those of the migrations. */
  readonly url: string;
  /** Ends what is still connected and removes the database. */
  drop(): Promise<void>;
}

let own: Promise<TestCluster> | null = null;

/** That of the test run, else one of this process, started when it is first asked for. */
function cluster(): Promise<TestCluster> {
  const { cluster: given } = TEST_ENVIRONMENT;
  if (given !== undefined) return Promise.resolve(JSON.parse(given) as TestCluster);
  return (own ??= startTestCluster().then(({ cluster: started }) => started));
}

/** A database of one's own; about 25 ms once there is a cluster. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { socketDir, template } = await cluster();
  const name = `t_${randomBytes(6).toString('hex')}`;
  // copies files instead of writing every page into the log first: half the time
  await administer(socketDir, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  return {
    url: embeddedUrl(socketDir, name),
    drop: () => administer(socketDir, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(socketDir: string, statement: string): Promise<void> {
  const client = new pg.Client(embeddedUrl(socketDir, 'postgres'));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
