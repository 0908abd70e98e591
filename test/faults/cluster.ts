import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { GatewayProcess } from '../harness/gateway-process.js';
import { createTestDatabase, cutConnections, type TestDatabase } from '../harness/postgres.js';
import { pause } from './stage.js';

const SETTINGS = {
  FORGEGATE_MASTER_KEY: 'ab'.repeat(32),
  FORGEGATE_JOB_LEASE_MS: '3000',
  FORGEGATE_DELIVERY_LEASE_MS: '3000',
  FORGEGATE_DELIVERY_RETRY_SCHEDULE_S: Array.from({ length: 20 }, () => 1).join(','),
  FORGEGATE_RATE_LIMIT_PER_KEY: '0',
  FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
};

/** Whoever was asked has gone, so that it may have been done or not. */
export class Unsure extends Error {}

export const oneOf = <Item>(list: readonly Item[]): Item =>
  list[Math.floor(Math.random() * list.length)] as Item;

/** Two whole gateways on one database and one disk, as two machines with a shared folder would be. */
export class Cluster {
  private readonly nodes: GatewayProcess[] = [];
  private readonly everyNode: GatewayProcess[] = [];

  private constructor(
    private readonly home: string,
    private readonly database: TestDatabase,
    private readonly observer: pg.Client,
  ) {}

  static async start(): Promise<Cluster> {
    const database = await createTestDatabase();
    const observer = new pg.Client(database.url);
    await observer.connect();
    const cluster = new Cluster(mkdtempSync(join(tmpdir(), 'forgegate-cluster-')), database, observer);
    for (const index of [0, 1]) cluster.nodes[index] = await cluster.startNode();
    return cluster;
  }

  get repoRoot(): string {
    return join(this.home, 'repos');
  }

  /** Whichever a load balancer that knows nothing would choose. */
  get node(): GatewayProcess {
    return oneOf(this.nodes);
  }

  /** @throws Unsure when there was no answer, or one that leaves it open; Error with what the gateway refused */
  async ask<Result = Record<string, unknown>>(method: string, args: object = {}): Promise<Result> {
    try {
      return await this.node.call<Result>(method, args);
    } catch (error) {
      const { message } = error as Error;
      const isRefused =
        message.startsWith(`${method}: `) && !/ Server is | database cannot be reached/.test(message);
      throw isRefused ? error : new Unsure(message);
    }
  }

  /** As {@link ask}, again and again until it is answered; for what may be done twice. */
  async insist<Result = Record<string, unknown>>(method: string, args: object = {}): Promise<Result> {
    for (;;) {
      try {
        return await this.ask<Result>(method, args);
      } catch (error) {
        if (!(error instanceof Unsure)) throw error;
        await pause(100);
      }
    }
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.observer.query<Record<string, unknown>>(sql)).rows;
  }

  /** What the gateways logged as errors, so that a failure can be understood. */
  get loggedErrors(): string {
    const lines = this.everyNode.flatMap(({ output }) => output.split('\n'));
    return lines.filter((line) => line.includes('"level":50')).join('\n');
  }

  /** One gateway dies, alone or with the programs that it started, and comes back; or all lose the database for a moment. */
  async strike(): Promise<void> {
    const how = oneOf(['gateway', 'machine', 'connections'] as const);
    if (how === 'connections') {
      await cutConnections(this.observer);
      return;
    }
    const { node } = this;
    await (how === 'gateway' ? node.kill() : node.killAll());
    await pause(Math.random() * 1_000);
    this.nodes[this.nodes.indexOf(node)] = await this.startNode();
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.killAll();
    await this.observer.end();
    await this.database.drop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async startNode(): Promise<GatewayProcess> {
    const node = await GatewayProcess.start(this.home, { DATABASE_URL: this.database.url, ...SETTINGS });
    this.everyNode.push(node);
    return node;
  }
}
