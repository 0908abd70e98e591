import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyBackup } from '../../src/cli/backup/apply-backup.js';
import { makeBackup } from '../../src/cli/backup/make-backup.js';
import { Progress } from '../../src/cli/backup/progress.js';
import { createKey } from '../../src/cli/key.command.js';
import { hashApiKey } from '../../src/access/api-key.js';
import { loadSettings } from '../../src/config/load-settings.js';
import { loadMasterKeys } from '../../src/config/master-key.js';
import { SecretBox } from '../../src/config/secret-box.js';
import type { Settings } from '../../src/config/settings.js';
import { createTestDatabase, type TestDatabase } from '../harness/postgres.js';

interface Site {
  readonly settings: Settings;
  readonly url: string;
  readonly drop: () => Promise<void>;
}

let folder: string;
let sites: TestDatabase[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fg-backup-'));
  sites = [];
});

afterEach(async () => {
  await Promise.all(sites.map((site) => site.drop()));
  rmSync(folder, { recursive: true, force: true });
});

async function makeSite(name: string): Promise<Site> {
  const database = await createTestDatabase();
  sites.push(database);
  const settings = loadSettings({ env: { FORGEGATE_HOME: join(folder, name), DATABASE_URL: database.url } });
  mkdirSync(settings.repoRoot, { recursive: true });
  return { settings, ...database };
}

async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** Rows of every awkward kind, and a repository in a group. */
async function fill({ settings, url }: Site): Promise<string> {
  const box = new SecretBox(...(await loadMasterKeys(settings)));
  await query(
    url,
    `INSERT INTO "user" (username, email) VALUES ('anna', 'anna@example.com'), ('bert', NULL)`,
  );
  await query(url, `INSERT INTO repo_group (group_name, owner_id) VALUES ('team', 2)`);
  // the fork comes before its parent
  await query(
    url,
    `INSERT INTO repo (repo_id, repo_name, repo_type, owner_id, group_id, fork_id, clone_uri_sealed, last_changeset)
     VALUES (8, 'fork', 'git', 3, NULL, NULL, $1, 'null'), (9, 'team/code', 'git', 2, 1, NULL, NULL, '{"a": [1, "ü\\n"]}')`,
    [box.seal('https://me:password@example.com/x', 'repo.clone_uri')],
  );
  await query(url, 'UPDATE repo SET fork_id = 9 WHERE repo_id = 8');
  await query(url, `SELECT setval('repo_repo_id_seq', 9)`);
  await query(
    url,
    `CREATE TABLE event_20200101 PARTITION OF event FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z')`,
  );
  await query(
    url,
    `INSERT INTO event (occurred_at, type, version, body, group_ids)
     SELECT '2020-01-01 12:00:00.123456Z'::timestamptz + n * interval '1 second', 'repo.created', 1,
       repeat('x', 2000), ARRAY[n, n + 1]
     FROM generate_series(1, 3000) n`,
  );
  const path = join(settings.repoRoot, 'team', 'code');
  mkdirSync(path, { recursive: true });
  git(path, 'init', '--quiet', '--bare', '.');
  const work = join(folder, 'work');
  git(folder, 'clone', '--quiet', path, work);
  writeFileSync(join(work, 'file'), 'content');
  git(work, 'add', '.');
  git(work, 'commit', '--quiet', '-m', 'first');
  git(work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  return git(work, 'rev-parse', 'HEAD').trim();
}

async function everything(url: string): Promise<unknown> {
  const tables = await query(
    url,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
     ORDER BY 1`,
  );
  const content: Record<string, unknown> = {};
  for (const { name } of tables) {
    const sql = `SELECT count(*), md5(string_agg((to_jsonb(t) - 'xact_id')::text, '|' ORDER BY (to_jsonb(t) - 'xact_id')::text)) FROM ${pg.escapeIdentifier(String(name))} t`;
    content[String(name)] = await query(url, sql);
  }
  content['sequences'] = await query(url, 'SELECT sequencename, last_value FROM pg_sequences ORDER BY 1');
  content['constraints'] = await query(
    url,
    `SELECT conrelid::regclass::text AS t, conname, pg_get_constraintdef(oid) AS d FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  );
  content['indexes'] = await query(
    url,
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
  );
  return content;
}

const quiet = { progress: new Progress(() => undefined), signal: new AbortController().signal };

async function backUp(site: Site, withMasterKey = false): Promise<string> {
  const file = join(folder, `backup-${withMasterKey}.tar.gz`);
  await makeBackup({ ...quiet, ...site, file, withMasterKey });
  return file;
}

const restore = (site: Site, file: string, force = false, said: string[] = []) =>
  applyBackup({ ...quiet, ...site, file, force, progress: new Progress((line) => said.push(line)) });

describe('backup and restore', () => {
  it('bring back every row, sequence, constraint and commit in another place', async () => {
    const from = await makeSite('from');
    const commit = await fill(from);
    const before = await everything(from.url);
    const file = await backUp(from, true);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const to = await makeSite('to');
    await restore(to, file);
    expect(await everything(to.url)).toEqual(before);
    const repository = join(to.settings.repoRoot, 'team', 'code');
    expect(git(repository, 'rev-parse', 'main').trim()).toBe(commit);
    expect(git(repository, 'fsck', '--strict')).toBe('');
    expect(readdirSync(to.settings.repoRoot)).toEqual(['team']);

    const box = new SecretBox(...(await loadMasterKeys(to.settings)));
    const [row] = await query(to.url, 'SELECT clone_uri_sealed AS sealed FROM repo WHERE repo_id = 8');
    expect(box.open(row?.['sealed'] as Buffer, 'repo.clone_uri')).toBe('https://me:password@example.com/x');
    expect(
      await query(
        to.url,
        `INSERT INTO repo (repo_name, repo_type, owner_id) VALUES ('n', 'git', 2) RETURNING repo_id`,
      ),
    ).toEqual([{ repo_id: 10 }]);
    await expect(query(to.url, 'DELETE FROM "user" WHERE user_id = 2')).rejects.toThrow('foreign key');
  });

  it('hold one moment of the database, whatever is written meanwhile', async () => {
    const site = await makeSite('from');
    await fill(site);
    const other = await makeSite('to');
    const late: Promise<unknown>[] = [];
    const progress = new Progress(() => undefined);
    const running = progress.running.bind(progress);
    // writes between two pieces of the dump
    progress.running = (text) => {
      running(text);
      late.push(query(site.url, `INSERT INTO "user" (username) VALUES ('late${late.length}')`));
    };
    const file = join(folder, 'moment.tar.gz');
    await makeBackup({ ...quiet, ...site, progress, file, withMasterKey: true });
    await Promise.all(late);
    expect(late.length).toBeGreaterThan(3);
    await restore(other, file);
    expect(await query(other.url, 'SELECT username FROM "user" ORDER BY 1')).toEqual(
      ['anna', 'bert', 'default'].map((username) => ({ username })),
    );
  });

  it('hold a whole repository although it was written to during the backup', async () => {
    const site = await makeSite('from');
    await fill(site);
    const hot = join(site.settings.repoRoot, 'team', 'code', 'description');
    const before = statSync(hot).size;
    // the signal is looked at before each file; some files after this one is in the archive, it grows
    let files = Number.NEGATIVE_INFINITY;
    const progress = new Progress((line) => {
      if (line.startsWith('Database:')) files = 0;
    });
    const { signal } = new AbortController();
    signal.throwIfAborted = () => {
      files += 1;
      if (files >= 20 && files <= 22) appendFileSync(hot, 'more\n');
    };
    const file = join(folder, 'hot.tar.gz');
    await makeBackup({ ...site, file, withMasterKey: true, progress, signal });
    expect(files).toBeGreaterThan(22);
    const to = await makeSite('to');
    await restore(to, file);
    const restored = join(to.settings.repoRoot, 'team', 'code', 'description');
    expect(statSync(restored).size).toBe(before + 15);
    expect(readFileSync(restored)).toEqual(readFileSync(hot));
  });

  it('refuse to replace what is there, and keep it aside when forced', async () => {
    const from = await makeSite('from');
    await fill(from);
    const file = await backUp(from, true);
    const to = await makeSite('to');
    await fill2(to);
    const before = await everything(to.url);
    await expect(restore(to, file)).rejects.toThrow('Use --force to replace them');
    expect(await everything(to.url)).toEqual(before);

    const said: string[] = [];
    await restore(to, file, true, said);
    expect(await everything(to.url)).toEqual(await everything(from.url));
    const aside = readdirSync(to.settings.repoRoot).find((name) =>
      name.startsWith('.forgegate-before-restore-'),
    );
    expect(existsSync(join(to.settings.repoRoot, aside ?? '', 'mine', 'HEAD'))).toBe(true);
    expect(existsSync(join(to.settings.repoRoot, 'mine'))).toBe(false);
    expect(existsSync(join(to.settings.home, 'admin.key'))).toBe(false);
    expect(said.join('\n')).toContain('key create --user admin');
  });

  it('change nothing when the backup is damaged', async () => {
    const from = await makeSite('from');
    await fill(from);
    const file = await backUp(from, true);
    truncateSync(file, statSync(file).size - 2_000);
    const to = await makeSite('to');
    await fill2(to);
    const [before, names] = [await everything(to.url), readdirSync(to.settings.repoRoot)];
    await expect(restore(to, file, true)).rejects.toThrow('not a whole one');
    expect(await everything(to.url)).toEqual(before);
    expect(readdirSync(to.settings.repoRoot)).toEqual(names);
    expect(await query(to.url, `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'forgegate%'`)).toEqual(
      [],
    );
    writeFileSync(file, 'no archive at all');
    await expect(restore(to, file, true)).rejects.toThrow('is no backup of Forgegate');
  });

  it('refuse secrets that could not be read afterwards, unless forced', async () => {
    const from = await makeSite('from');
    await fill(from);
    await query(from.url, `INSERT INTO installation (master_key_id) VALUES ('0badc0de')`);
    const file = await backUp(from);
    const to = await makeSite('to');
    await loadMasterKeys(to.settings);
    await expect(restore(to, file)).rejects.toThrow(/encrypted with the master key [0-9a-f]{8}/);
    const said: string[] = [];
    await restore(to, file, true, said);
    expect(said.join('\n')).toContain('must be set again');
    // else the next start would insist on the key that is lost
    expect(await query(to.url, 'SELECT * FROM installation')).toEqual([]);
  });

  it('refuse while a gateway is connected', async () => {
    const from = await makeSite('from');
    await fill(from);
    const file = await backUp(from, true);
    const to = await makeSite('to');
    const gateway = new pg.Client({ connectionString: to.url, application_name: 'forgegate' });
    await gateway.connect();
    await expect(restore(to, file)).rejects.toThrow('A gateway is at work on this database');
    await gateway.end();
  });
});

describe('key create', () => {
  it('makes a working key of which only the hash is stored', async () => {
    const site = await makeSite('site');
    await fill(site);
    const key = await createKey(site.url, { user: 'Anna', description: 'lost', lifetime: 60 });
    expect(key).toMatch(/^[0-9a-f]{40}$/);
    expect(
      await query(
        site.url,
        `SELECT user_id, prefix, description, expires_at - created_on = interval '1 hour' AS hour
         FROM api_key WHERE key_hash = $1`,
        [hashApiKey(key)],
      ),
    ).toEqual([{ user_id: 2, prefix: key.slice(0, 4), description: 'lost', hour: true }]);
    const nobody = { user: 'nobody', description: '', lifetime: null };
    await expect(createKey(site.url, nobody)).rejects.toThrow('There is no user `nobody`.');
    await expect(createKey(site.url, { ...nobody, user: 'default' })).rejects.toThrow('There is no user');
  });
});

/** A site that was used a little. */
async function fill2({ settings, url }: Site): Promise<void> {
  await query(url, `INSERT INTO "user" (username, admin) VALUES ('admin', true), ('carl', false)`);
  git(settings.repoRoot, 'init', '--quiet', '--bare', 'mine');
  writeFileSync(join(settings.home, 'admin.key'), `${'0'.repeat(40)}\n`);
}
