import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadCommands } from '../load/load-process.js';
import { requestBytes } from '../load/request-bytes.js';
import type { Helper } from '../process/parent-side.js';
import { post } from '../stage/client.js';
import type { Stage } from '../stage/stage.js';
import { median, spread, type Spread } from '../statistics.js';

export interface PluginsPlan {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  readonly connections: number;
}

export const TIERS = ['process', 'worker', 'child'] as const;
export type Tier = (typeof TIERS)[number];
type Who = 'core' | Tier;

export interface TierFigures {
  /** CPU of the gateway's process per call, by that of the core method in the same round. Threads are in it, children not. */
  readonly cpu: Spread;
  /** Calls a second by those of the core method in the same round. */
  readonly callsPerSecond: Spread;
  readonly p50Ms: number;
}

export interface PluginsResult {
  readonly plan: PluginsPlan;
  readonly core: { readonly callsPerSecond: number; readonly cpuMsPerCall: number; readonly p50Ms: number };
  readonly tiers: Readonly<Record<Tier, TierFigures>>;
}

interface Slice {
  readonly callsPerSecond: number;
  readonly cpuMsPerCall: number;
  readonly p50Ms: number;
}

/** Answers its argument, as the core method `test` does, behind the same right. */
const ECHO = (tier: Tier) => `export default { setup(ctx) {
  ctx.method('bench_${tier}', { summary: 'Answer the argument \`args\` as it is', requires: 'hg.admin',
    args: { type: 'object', required: ['args'], properties: { args: { type: 'string' } } }, result: {} },
    ({ args }) => args);
} };`;

/** A call into a plugin of each tier against a core method that does the same, in one gateway, by turns. */
export async function benchmarkPlugins(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: PluginsPlan,
  say: (text: string) => void,
): Promise<PluginsResult> {
  say('plugins: starting a gateway with a plugin in each tier');
  const folder = await pluginFolder();
  const url = await stage.createDatabase('plugins');
  const gateway = await stage.startGateway('gateway-with-plugins', url, {
    roles: 'api',
    more: { FORGEGATE_PLUGINS_DIR: folder },
  });
  const all: readonly Who[] = ['core', ...TIERS];
  const args = { args: 'forty characters that come back unchanged' };
  const methodOf = (who: Who) => (who === 'core' ? 'test' : `bench_${who}`);
  const body = (who: Who) => JSON.stringify({ id: 1, api_key: stage.adminKey, method: methodOf(who), args });
  const answer = await post(gateway.port, body('core'));
  for (const who of TIERS) {
    const theirs = await post(gateway.port, body(who));
    if (theirs !== answer) throw new Error(`${methodOf(who)} answers ${theirs}, not ${answer}`);
  }

  const slice = async (who: Who, ms: number): Promise<Slice> => {
    const before = await gateway.process.usage();
    const result = await load.ask('calls', {
      port: gateway.port,
      connections: plan.connections,
      request: requestBytes(stage.adminKey, methodOf(who), args),
      ms,
      answerLength: Buffer.byteLength(answer),
    });
    const after = await gateway.process.usage();
    if (result.failures > 0) throw new Error(`${methodOf(who)}: ${result.failures} wrong answers`);
    return {
      callsPerSecond: result.calls / result.seconds,
      cpuMsPerCall: (after.cpuMs - before.cpuMs) / result.calls,
      p50Ms: result.latency.p50,
    };
  };

  for (const who of all) await slice(who, plan.warmUpMs);
  const rounds: Record<Who, Slice>[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    say(`plugins: round ${round + 1} of ${plan.rounds}`);
    // Forwards and backwards by turns, so that a drift of the machine favours none of them
    const found: Partial<Record<Who, Slice>> = {};
    for (const who of round % 2 === 0 ? all : [...all].reverse()) found[who] = await slice(who, plan.sliceMs);
    rounds.push(found as Record<Who, Slice>);
  }
  await gateway.process.stop();
  await rm(folder, { recursive: true, force: true });
  const middle = (who: Who, member: keyof Slice) => median(rounds.map((round) => round[who][member]));
  const by = (who: Tier, member: keyof Slice) =>
    spread(rounds.map((round) => round[who][member] / round.core[member]));
  const figures = (who: Tier): TierFigures => ({
    cpu: by(who, 'cpuMsPerCall'),
    callsPerSecond: by(who, 'callsPerSecond'),
    p50Ms: middle(who, 'p50Ms'),
  });
  return {
    plan,
    core: {
      callsPerSecond: middle('core', 'callsPerSecond'),
      cpuMsPerCall: middle('core', 'cpuMsPerCall'),
      p50Ms: middle('core', 'p50Ms'),
    },
    tiers: { process: figures('process'), worker: figures('worker'), child: figures('child') },
  };
}

async function pluginFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forgegate-bench-plugins-'));
  for (const isolation of TIERS) {
    const id = `bench-${isolation}`;
    const manifest = { id, version: '1.0.0', sdk: '^1.1.0', kinds: ['methods'], capabilities: {}, isolation };
    await mkdir(join(folder, id));
    await writeFile(join(folder, id, 'plugin.json'), JSON.stringify(manifest));
    await writeFile(join(folder, id, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, id, 'index.js'), ECHO(isolation));
  }
  return folder;
}
