import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { GatewayProcess } from '../harness/gateway-process.js';
import { Ledger } from './ledger.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
/** How often a fault is made at a random moment: 100 as the issue wants it; CI takes fewer. */
export const RUNS = Number(process.env.FAULT_RUNS ?? 100);
export const MOST_IN_FLIGHT = 8;

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
export const sometime = (ms: number) => pause(Math.random() * ms);

/** A durable PostgreSQL, gateways and workers as processes on it, and a ledger beside them. */
export class FaultStage {
  private server: EmbeddedPostgres | null = null;
  private readonly workers: ChildProcess[] = [];
  private counter = 0;
  gateway!: GatewayProcess;

  private constructor(
    readonly folder: string,
    public ledger: Ledger,
    private readonly env: Record<string, string>,
  ) {}

  /** @param folder where PostgreSQL and the home lie @param host of the ledger's receiver */
  static async open(env: Record<string, string> = {}, folder?: string, host?: string): Promise<FaultStage> {
    const home = folder ?? mkdtempSync(join(tmpdir(), 'forgegate-faults-'));
    chmodSync(home, 0o755);
    const stage = new FaultStage(home, await Ledger.open(host), {
      FORGEGATE_DELIVERY_LEASE_MS: '2000',
      FORGEGATE_DELIVERY_TIMEOUT_MS: '2000',
      FORGEGATE_DELIVERY_RETRY_SCHEDULE_S: Array.from({ length: 20 }, () => 1).join(','),
      FORGEGATE_DELIVERY_BREAKER_PAUSE_MS: '500',
      FORGEGATE_MASTER_KEY: 'ab'.repeat(32),
      FORGEGATE_RATE_LIMIT_PER_KEY: '0',
      FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
      ...env,
    });
    await stage.startPostgres();
    return stage;
  }

  async startPostgres(): Promise<void> {
    const home = join(this.folder, 'pg');
    this.server = await startEmbeddedPostgres({ home, log: () => undefined });
  }

  /** As `pg_ctl -m immediate`: nothing is written any more. */
  async crashPostgres(): Promise<void> {
    const { server } = this;
    if (!server) throw new Error('no PostgreSQL runs');
    const [pid] = readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGQUIT');
    await server.exited;
    await server.stop();
  }

  async startGateway(
    more: Record<string, string> = {},
    prefix: readonly string[] = [],
  ): Promise<GatewayProcess> {
    this.gateway = await GatewayProcess.start(join(this.folder, 'home'), this.settings(more), prefix);
    return this.gateway;
  }

  async subscribe(more: object = {}): Promise<void> {
    await this.gateway.call('create_webhook', {
      url: this.ledger.url,
      event_types: ['user_group.created'],
      max_in_flight: MOST_IN_FLIGHT,
      ...more,
    });
  }

  /** A process that delivers and does nothing else. */
  startWorker(more: Record<string, string> = {}): ChildProcess {
    const env = { PATH: process.env.PATH, FORGEGATE_HOME: join(this.folder, 'home'), PORT: '0' };
    const settings = this.settings({
      FORGEGATE_ROLES: 'delivery',
      FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
      ...more,
    });
    const worker = spawn(process.execPath, [MAIN], { env: { ...env, ...settings }, stdio: 'ignore' });
    this.workers.push(worker);
    return worker;
  }

  /** One change; counts as accepted when the caller was told so. @returns whether he was */
  async change(): Promise<boolean> {
    const name = `g${process.pid}-${this.counter++}`;
    try {
      await this.gateway.call('create_user_group', { group_name: name });
      this.ledger.accepted.add(name);
      return true;
    } catch {
      return false;
    }
  }

  /** Changes from several callers at once, without a pause, until `stop` is called. @returns when they have all ended */
  load(callers = 4, everyMs = 0): { stop(): Promise<void> } {
    let isOn = true;
    const caller = async () => {
      while (isOn) {
        // What is refused is tried again after a moment, as any client does
        await pause((await this.change()) ? everyMs : 20);
      }
    };
    const all = Promise.all(Array.from({ length: callers }, caller));
    return {
      stop: async () => {
        isOn = false;
        await all;
      },
    };
  }

  /** Resolves when all that was accepted has arrived, or nothing came for `quietMs`. */
  async complete(quietMs = 60_000): Promise<void> {
    let { arrived } = this.ledger;
    let since = performance.now();
    while (!this.ledger.isComplete() && performance.now() - since < quietMs) {
      await pause(50);
      if (this.ledger.arrived !== arrived) {
        arrived = this.ledger.arrived;
        since = performance.now();
      }
    }
  }

  async close(): Promise<void> {
    await this.gateway?.kill();
    for (const worker of this.workers) await end(worker);
    await this.server?.stop();
    await this.ledger.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private settings(more: Record<string, string>): Record<string, string> {
    return { ...this.env, DATABASE_URL: this.server?.url ?? '', ...more };
  }
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
