import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Client } from './client.js';
import { GatewayProcess } from './gateway-process.js';
import { createTestDatabase, cutConnections, type TestDatabase } from './postgres.js';

const LOCK = 4711;

/** A table and an operation on it: a transaction of the gateway that did that waits before its commit. */
export type Moment = readonly [table: string, operation: 'INSERT' | 'UPDATE' | 'DELETE'];

/** A gateway in a process of its own that dies at a chosen moment, somebody who watches its database, and a client. */
export class CrashStage {
  readonly client = new Client();
  gateway!: GatewayProcess;

  private constructor(
    readonly home: string,
    private readonly database: TestDatabase,
    private readonly observer: pg.Client,
  ) {}

  static async set(): Promise<CrashStage> {
    const database = await createTestDatabase();
    const observer = new pg.Client(database.url);
    await observer.connect();
    const stage = new CrashStage(mkdtempSync(join(tmpdir(), 'forgegate-crash-')), database, observer);
    await stage.start();
    return stage;
  }

  async start(): Promise<void> {
    this.gateway = await GatewayProcess.start(this.home, {
      DATABASE_URL: this.database.url,
      FORGEGATE_JOB_LEASE_MS: '3000',
    });
  }

  async close(): Promise<void> {
    await this.gateway.killAll();
    await this.observer.end();
    await this.database.drop();
    this.client.remove();
    rmSync(this.home, { recursive: true, force: true });
  }

  directory(repo: string): string {
    return join(this.home, 'repos', repo);
  }

  async rows(query: string): Promise<Record<string, unknown>[]> {
    return (await this.observer.query<Record<string, unknown>>(query)).rows;
  }

  async hold([table, operation]: Moment): Promise<void> {
    await this.observer.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await this.observer.query(`
      CREATE OR REPLACE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER wait AFTER ${operation} ON ${table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
  }

  /** Resolves when a transaction is at the moment that is held. */
  isHeld(): Promise<void> {
    return until(
      async () =>
        (
          await this.rows(
            `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = ${LOCK} AND NOT l.granted`,
          )
        ).length > 0,
    );
  }

  async letGo([table]: Moment): Promise<void> {
    await cutConnections(this.observer);
    await this.observer.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    await this.observer.query(`DROP TRIGGER wait ON ${table}`);
  }

  /** Resolves when every push is told of. */
  settled(): Promise<void> {
    return until(async () => (await this.rows('SELECT FROM push')).length === 0);
  }

  /** A git that was killed leaves the locks that it held. */
  removeLocks(repo: string, type: 'git' | 'hg'): void {
    if (type === 'hg') return;
    const directory = this.directory(repo);
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.lock')) rmSync(join(directory, name));
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
