import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  embeddedUrl,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { Helper } from '../process/parent-side.js';
import type { Commands } from '../process/child-side.js';
import type { GatewayCommands } from '../servers/gateway-process.js';

export interface RunningGateway {
  readonly process: Helper<GatewayCommands>;
  readonly port: number;
}

/** Where everything plays: one durable embedded PostgreSQL and one folder, both gone at the end. */
export class Stage {
  readonly adminKey = randomBytes(20).toString('hex');
  private readonly masterKey = randomBytes(32).toString('hex');
  private readonly helpers: Helper<Commands>[] = [];
  private homes = 0;
  private clearing: Promise<void> | null = null;

  private constructor(
    private readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
  ) {}

  static async set(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'forgegate-bench-'));
    // under root PostgreSQL runs as another user, which must get in
    await chmod(folder, 0o755);
    const postgres = await startEmbeddedPostgres({ home: join(folder, 'postgres'), log: console.error });
    return new Stage(folder, postgres);
  }

  /** Of all gateways. */
  get repoRoot(): string {
    return join(this.folder, 'repos');
  }

  get dataDir(): string {
    return this.postgres.dataDir;
  }

  /** A database of its own for each part, so that what one leaves behind slows no other. @returns its URL */
  async createDatabase(name: string): Promise<string> {
    await this.query(`CREATE DATABASE ${name}`);
    return embeddedUrl(new URLSearchParams(this.postgres.url.split('?')[1]).get('host') ?? '', name);
  }

  async query(statement: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.postgres.url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  start<C extends Commands>(name: string, script: string): Helper<C> {
    const helper = Helper.start<C>(name, script);
    this.helpers.push(helper as unknown as Helper<Commands>);
    return helper;
  }

  async startGateway(
    name: string,
    databaseUrl: string,
    {
      caches = true,
      roles = 'api,delivery,jobs',
      more = {},
    }: { caches?: boolean; roles?: string; more?: Record<string, string> } = {},
  ): Promise<RunningGateway> {
    const process = this.start<GatewayCommands>(name, 'servers/gateway-process.js');
    const port = await process.ask('start', {
      caches,
      env: {
        DATABASE_URL: databaseUrl,
        PORT: '0',
        FORGEGATE_HOME: join(this.folder, `home-${++this.homes}`),
        FORGEGATE_REPO_ROOT: this.repoRoot,
        FORGEGATE_PUBLIC_URL: 'http://bench.invalid',
        FORGEGATE_ROLES: roles,
        FORGEGATE_ADMIN_API_KEY: this.adminKey,
        FORGEGATE_MASTER_KEY: this.masterKey,
        FORGEGATE_RATE_LIMIT_PER_KEY: '0',
        FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
        FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
        FORGEGATE_LOG_LEVEL: 'warn',
        ...more,
      },
    });
    return { process, port };
  }

  /** Stops and removes everything; more than one call is fine. */
  clear(): Promise<void> {
    return (this.clearing ??= this.clearOnce());
  }

  private async clearOnce(): Promise<void> {
    // Gateways first: they write to the database until the end.
    await Promise.allSettled(this.helpers.map((helper) => helper.stop()));
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
