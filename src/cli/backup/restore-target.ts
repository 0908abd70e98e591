import pg from 'pg';
import { CommandError } from '../command-error.js';
import { occupants } from './repository-restore.js';

/**
 * Whether something would be lost. What the first start makes, one administrator, counts as nothing.
 * @throws CommandError when gateways are at work on the database
 */
export async function isTargetEmpty(url: string, repoRoot: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'forgegate-cli' });
  await client.connect();
  try {
    const sessions = await client.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
       WHERE datname = current_database() AND starts_with(application_name, 'forgegate')
         AND application_name <> 'forgegate-cli'`,
    );
    if (sessions.rows[0]?.count) {
      throw new CommandError('A gateway is at work on this database. Stop all of them, then repeat.');
    }
    const schema = await client.query<{ ready: boolean }>(`SELECT to_regclass('repo') IS NOT NULL AS ready`);
    if (!schema.rows[0]?.ready) return (await occupants(repoRoot)).length === 0;
    const content = await client.query<{ used: boolean }>(
      `SELECT (SELECT count(*) FROM "user" WHERE username <> 'default') > 1
         OR EXISTS (SELECT FROM repo) OR EXISTS (SELECT FROM repo_group) AS used`,
    );
    return !content.rows[0]?.used && (await occupants(repoRoot)).length === 0;
  } finally {
    await client.end();
  }
}
