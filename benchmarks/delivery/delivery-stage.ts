import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { ADVISORY_LOCK } from '../../src/database/advisory-locks.js';
import type { LoadCommands, Updates } from '../load/load-process.js';
import type { OpenLoopResult } from '../load/open-loop.js';
import type { Helper } from '../process/parent-side.js';
import type { Usage } from '../process/child-side.js';
import { call } from '../stage/client.js';
import { postgresCpuMs } from '../stage/machine.js';
import type { RunningGateway, Stage } from '../stage/stage.js';
import type { SinkCommands } from './sink-process.js';

const REPOS = 16;
const MAX_CONNECTIONS = 64;

export interface Cost {
  readonly gatewayCpuMs: number;
  readonly postgresCpuMs: number | null;
  readonly sinkCpuMs: number;
  readonly loadCpuMs: number;
  readonly gatewayRssBytes: number;
}

export interface StageOptions {
  readonly name?: string;
  readonly roles?: string;
  readonly paths?: readonly string[];
}

/** A gateway with one subscription to a sink, and numbers for the events, so that none is confused with another. */
export class DeliveryStage {
  private nextNumber = 1;
  private repoIds: number[] = [];

  private constructor(
    private readonly stage: Stage,
    readonly load: Helper<LoadCommands>,
    readonly sink: Helper<SinkCommands>,
    readonly sinkUrl: string,
    private readonly url: string,
    public gateway: RunningGateway,
  ) {}

  /** @param name of its database and first gateway @param paths of the sink, each with a subscription of its own */
  static async set(
    stage: Stage,
    load: Helper<LoadCommands>,
    { name = 'delivery', roles = 'api,delivery,jobs', paths = ['/hook'] }: StageOptions = {},
  ): Promise<DeliveryStage> {
    const sink = stage.start<SinkCommands>('sink', 'delivery/sink-process.js');
    const sinkPort = await sink.ask('start', undefined as never);
    const url = await stage.createDatabase(name);
    const gateway = await stage.startGateway(`gateway-${name}`, url, { roles });
    const set = new DeliveryStage(stage, load, sink, `http://127.0.0.1:${sinkPort}`, url, gateway);
    for (let number = 1; number <= REPOS; number++) {
      const repo = `${name}-${number}`;
      await set.admin('create_repo', { repo_name: repo, repo_type: 'git', description: 'bench' });
      set.repoIds.push((await set.admin<{ repo_id: number }>('get_repo', { repoid: repo })).repo_id);
    }
    for (const path of paths) await set.subscribe(`${set.sinkUrl}${path}`);
    return set;
  }

  /** @returns webhook_id */
  async subscribe(url: string): Promise<number> {
    const made = await this.admin<{ webhook_id: number }>('create_webhook', {
      url,
      event_types: ['repo.updated'],
    });
    return made.webhook_id;
  }

  admin<Result>(method: string, args: object): Promise<Result> {
    return call<Result>(this.gateway.port, this.stage.adminKey, method, args);
  }

  /** Another process on the same database. */
  startWorker(name: string): Promise<RunningGateway> {
    return this.stage.startGateway(name, this.url, { roles: 'delivery' });
  }

  /** Nothing is relayed, by whatever process, until what this resolves to is called. */
  async holdRelays(): Promise<() => Promise<void>> {
    const client = new pg.Client(this.url);
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK.relay]);
    return () => client.end();
  }

  /** Ends the gateway and starts another one on the same database. */
  async replaceGateway(name: string, roles: string): Promise<void> {
    await this.load.ask('disconnect', this.gateway.port);
    await this.gateway.process.stop();
    this.gateway = await this.stage.startGateway(name, this.url, { roles });
  }

  /** @param count numbers to keep for them @param distinct false for calls that record no event */
  updates(count: number, distinct = true): Updates {
    const first = this.nextNumber;
    if (distinct) this.nextNumber += count;
    return { key: this.stage.adminKey, repoIds: this.repoIds, first, distinct };
  }

  /** Calls at fixed times. */
  async send(updates: Updates, ratePerSecond: number, count: number): Promise<OpenLoopResult> {
    const result = await this.load.ask('updatesAt', {
      port: this.gateway.port,
      maxConnections: MAX_CONNECTIONS,
      updates,
      ratePerSecond,
      count,
    });
    if (result.failures > 0) throw new Error(`${result.failures} of ${count} calls of update_repo failed`);
    return result;
  }

  /** When each of the numbered events came; waits for those that are still on their way. */
  async arrivals(first: number, count: number, patienceMs = 30_000): Promise<Float64Array> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const { firstAt } = await this.sink.ask('arrivals', { first, count });
      const missing = firstAt.reduce((total, at) => total + (Number.isNaN(at) ? 1 : 0), 0);
      if (missing === 0) return firstAt;
      if (performance.now() > end)
        throw new Error(`${missing} of ${count} deliveries did not arrive in time`);
      await pause(20);
    }
  }

  /** What `work` costs all who take part in it. */
  async cost(work: () => Promise<void>): Promise<Cost> {
    const all = () =>
      Promise.all([this.gateway.process.usage(), this.sink.usage(), this.load.usage()] as const);
    const postgresBefore = postgresCpuMs(this.stage.dataDir);
    const before = await all();
    await work();
    const after = await all();
    const postgresAfter = postgresCpuMs(this.stage.dataDir);
    const spent = (index: 0 | 1 | 2) => (after[index] as Usage).cpuMs - (before[index] as Usage).cpuMs;
    return {
      gatewayCpuMs: spent(0),
      sinkCpuMs: spent(1),
      loadCpuMs: spent(2),
      postgresCpuMs:
        postgresBefore === null || postgresAfter === null ? null : postgresAfter - postgresBefore,
      gatewayRssBytes: after[0].rssBytes,
    };
  }

  async close(): Promise<void> {
    await this.load.ask('disconnect', this.gateway.port);
    await this.gateway.process.stop();
    await this.sink.stop();
  }
}
