import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import pg from 'pg';
import { maskPassword } from '../../config/describe-settings.js';
import type { Settings } from '../../config/settings.js';
import { hasEmbeddedPostgres, runningEmbeddedPostgres } from '../../database/embedded/embedded-postgres.js';
import { broken, note, ok, type Finding } from './finding.js';

const OLDEST_POSTGRES = 15;

/** Folders, database, and whether the gateway runs. */
export async function installationFindings(settings: Settings): Promise<Finding[]> {
  return [
    await folder('home', settings.home, 'FORGEGATE_HOME'),
    await folder('repositories', settings.repoRoot, 'FORGEGATE_REPO_ROOT'),
    settings.databaseUrl === null ? await embedded(settings.home) : await external(settings.databaseUrl),
    await gateway(settings),
  ];
}

/** Where this gateway answers; null when it does not. */
export async function runningGateway({ host, port }: Settings): Promise<string | null> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
  const answer = await fetch(`${url}/_admin/livez`, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  return answer?.ok ? url : null;
}

async function folder(what: string, path: string, setting: string): Promise<Finding> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK | constants.X_OK);
    return ok(what, path);
  } catch (error) {
    return broken(what, (error as Error).message, `Make it writable for this user, or set ${setting}.`);
  }
}

async function embedded(home: string): Promise<Finding> {
  if ((await runningEmbeddedPostgres(home)) !== null) return ok('database', 'embedded PostgreSQL, running');
  return (await hasEmbeddedPostgres(home))
    ? ok('database', 'embedded PostgreSQL, stopped; it starts with the gateway')
    : note('database', 'embedded PostgreSQL, not made yet', 'The first `npm start` makes it.');
}

async function external(url: string): Promise<Finding> {
  const remedy = 'Look at DATABASE_URL, and whether PostgreSQL listens and lets this user in.';
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SHOW server_version');
    const version = rows[0]?.version ?? '';
    return Number.parseInt(version, 10) >= OLDEST_POSTGRES
      ? ok('database', `PostgreSQL ${version} at ${maskPassword(url)}`)
      : broken('database', `PostgreSQL ${version} is too old`, `Use PostgreSQL ${OLDEST_POSTGRES} or later.`);
  } catch (error) {
    return broken('database', `${maskPassword(url)}: ${(error as Error).message}`, remedy);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function gateway(settings: Settings): Promise<Finding> {
  const url = await runningGateway(settings);
  return url === null
    ? note('gateway', `nothing answers at ${settings.host}:${settings.port}`, '`npm start` starts it.')
    : ok('gateway', `running at ${url}`);
}
