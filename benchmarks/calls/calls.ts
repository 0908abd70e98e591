import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import { median, spread, sum, type Spread } from '../statistics.js';
import { postgresCpuMs } from '../stage/machine.js';
import type { Stage } from '../stage/stage.js';
import {
  METHODS,
  SERVERS,
  setCallsStage,
  type CallsStage,
  type Method,
  type ServerName,
} from './calls-stage.js';

export interface CallsPlan {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  readonly connections: number;
}

/** Medians over the rounds; CPU over all of them. */
export interface ServerFigures {
  readonly callsPerSecond: Spread;
  readonly p50Ms: number;
  readonly p99Ms: Spread;
  readonly cpuSecondsPer1000: number;
  /** PostgreSQL's, where the system tells it. */
  readonly postgresCpuSecondsPer1000: number | null;
  readonly rssMib: number;
}

/** Of one round each: the gateway's value by the bare server's, from slices that ran one after the other. */
export interface Comparison {
  readonly gateway: ServerName;
  readonly baseline: ServerName;
  readonly aim: number;
  readonly callsPerSecond: Spread;
  readonly p99: Spread;
  /** CPU of the server process per call, bare by gateway: so that 1 is equal and less is worse, as with calls. */
  readonly cpu: number;
}

export interface CallsResult {
  readonly plan: CallsPlan;
  readonly methods: Readonly<
    Record<
      Method,
      {
        readonly answerBytes: number;
        readonly statements: { readonly gateway: number; readonly bare: number };
        readonly servers: Readonly<Record<ServerName, ServerFigures>>;
        readonly comparisons: readonly Comparison[];
      }
    >
  >;
  readonly loadCpuSecondsPer1000: number;
}

interface Slice {
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
  readonly postgresCpuMs: number | null;
  readonly rssBytes: number;
}

type Slices = Record<ServerName, Slice[]>;

const PAIRS = [
  { gateway: 'gateway without caches', baseline: 'bare lookups', aim: 0.7 },
  { gateway: 'gateway', baseline: 'bare static bytes', aim: 0.4 },
] as const;

/** Calls a second of the gateway against bare servers, in rounds that visit all of them in turn. */
export async function benchmarkCalls(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: CallsPlan,
  say: (text: string) => void,
): Promise<CallsResult> {
  say('calls: starting four servers, checking that they answer alike');
  const set = await setCallsStage(stage);
  const slices: Record<Method, Slices> = { get_repo: none(), get_user: none() };
  for (const method of METHODS) for (const name of SERVERS) await slice(name, method, plan.warmUpMs);
  const loadBefore = await load.usage();
  for (let round = 0; round < plan.rounds; round++) {
    say(`calls: round ${round + 1} of ${plan.rounds}`);
    for (const method of METHODS) {
      for (const { gateway, baseline } of PAIRS) {
        // Which of the two goes first alternates, so that a drift of the machine favours neither.
        const order = round % 2 === 0 ? [gateway, baseline] : [baseline, gateway];
        for (const name of order) slices[method][name].push(await slice(name, method, plan.sliceMs));
      }
    }
  }
  const loadCpuMs = (await load.usage()).cpuMs - loadBefore.cpuMs;
  const allCalls = METHODS.flatMap((method) => SERVERS.flatMap((name) => slices[method][name]));
  await set.close();
  return {
    plan,
    methods: { get_repo: figuresOf('get_repo', set, slices), get_user: figuresOf('get_user', set, slices) },
    loadCpuSecondsPer1000: loadCpuMs / sum(allCalls.map(({ calls }) => calls)),
  };

  async function slice(name: ServerName, method: Method, ms: number): Promise<Slice> {
    const server = set.servers[name];
    await server.prepare(method);
    const before = await server.process.usage();
    const postgresBefore = postgresCpuMs(stage.dataDir);
    const result = await load.ask('calls', {
      port: server.port,
      connections: plan.connections,
      request: set.requests[method],
      ms,
      answerLength: set.answerLength[method],
    });
    const postgresAfter = postgresCpuMs(stage.dataDir);
    const after = await server.process.usage();
    if (result.failures > 0) throw new Error(`${name}, ${method}: ${result.failures} wrong answers`);
    return {
      callsPerSecond: result.calls / result.seconds,
      calls: result.calls,
      p50: result.latency.p50,
      p99: result.latency.p99,
      cpuMs: after.cpuMs - before.cpuMs,
      postgresCpuMs:
        postgresBefore === null || postgresAfter === null ? null : postgresAfter - postgresBefore,
      rssBytes: after.rssBytes,
    };
  }
}

const none = (): Slices => Object.fromEntries(SERVERS.map((name) => [name, []])) as unknown as Slices;

function figuresOf(method: Method, set: CallsStage, slices: Record<Method, Slices>) {
  const of = slices[method];
  const servers = Object.fromEntries(SERVERS.map((name) => [name, serverFigures(of[name])])) as Record<
    ServerName,
    ServerFigures
  >;
  return {
    answerBytes: set.answerLength[method],
    statements: set.statements[method],
    servers,
    comparisons: PAIRS.map(({ gateway, baseline, aim }): Comparison => {
      const ratio = (value: (slice: Slice) => number) =>
        spread(of[gateway].map((slice, round) => value(slice) / value(of[baseline][round] as Slice)));
      return {
        gateway,
        baseline,
        aim,
        callsPerSecond: ratio((slice) => slice.callsPerSecond),
        p99: ratio((slice) => slice.p99),
        cpu: servers[baseline].cpuSecondsPer1000 / servers[gateway].cpuSecondsPer1000,
      };
    }),
  };
}

function serverFigures(slices: readonly Slice[]): ServerFigures {
  const calls = sum(slices.map((slice) => slice.calls));
  const postgres = slices.map((slice) => slice.postgresCpuMs);
  return {
    callsPerSecond: spread(slices.map((slice) => slice.callsPerSecond)),
    p50Ms: median(slices.map(({ p50 }) => p50)),
    p99Ms: spread(slices.map(({ p99 }) => p99)),
    cpuSecondsPer1000: sum(slices.map(({ cpuMs }) => cpuMs)) / calls,
    postgresCpuSecondsPer1000: postgres.includes(null) ? null : sum(postgres as number[]) / calls,
    rssMib: Math.max(...slices.map(({ rssBytes }) => rssBytes)) / 2 ** 20,
  };
}
