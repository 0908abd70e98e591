import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import { postgresCpuMs } from '../stage/machine.js';
import type { Stage } from '../stage/stage.js';
import { median, spread, type Spread } from '../statistics.js';
import { CALLS, LARGE, setInstallation, SMALL, type CallName, type Size } from './scale-stage.js';

export interface ScalePlan {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  readonly connections: number;
}

/** Of the rounds. CPU in microseconds, of the gateway and of PostgreSQL. */
export interface ScaleFigures {
  readonly rows: number;
  readonly gatewayUs: Spread;
  /** Null where the system does not tell. */
  readonly postgresUs: Spread | null;
}

export interface ScaleComparison {
  /** Of one call. */
  readonly small: ScaleFigures;
  readonly large: ScaleFigures;
  /** Gateway's CPU of a call, large by small, of slices that ran one after the other. */
  readonly ratio: Spread;
  /** Of the small installation alone, by its own median: what differs from round to round by itself. */
  readonly noise: Spread;
  /** Gateway's and PostgreSQL's CPU of the large one for 1,000 rows of an answer, in milliseconds. */
  readonly per1000RowsMs: { readonly gateway: Spread; readonly postgres: Spread | null };
}

export interface ScaleResult {
  readonly plan: ScalePlan;
  readonly small: Size;
  readonly large: Size;
  readonly calls: Readonly<Record<CallName, ScaleComparison>>;
}

interface Slice {
  readonly gatewayUs: number;
  readonly postgresUs: number | null;
}

const SIZES = ['small', 'large'] as const;

/** What a call costs with many repositories and users, against few: in rounds that visit both in turn. */
export async function benchmarkScale(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: ScalePlan,
  say: (text: string) => void,
): Promise<ScaleResult> {
  say(`scale: filling ${SMALL.repositories} and ${LARGE.repositories} repositories`);
  const installations = {
    small: await setInstallation(stage, 'small', SMALL),
    large: await setInstallation(stage, 'large', LARGE),
  };
  const slices = Object.fromEntries(
    CALLS.map((name) => [name, { small: [], large: [] }]),
  ) as unknown as Record<CallName, Record<(typeof SIZES)[number], Slice[]>>;
  for (const name of CALLS) for (const size of SIZES) await slice(size, name, plan.warmUpMs);
  for (let round = 0; round < plan.rounds; round++) {
    say(`scale: round ${round + 1} of ${plan.rounds}`);
    for (const name of CALLS) {
      // Which goes first alternates, so that a drift of the machine favours neither.
      const order = round % 2 === 0 ? SIZES : SIZES.toReversed();
      for (const size of order) slices[name][size].push(await slice(size, name, plan.sliceMs));
    }
  }
  return {
    plan,
    small: SMALL,
    large: LARGE,
    calls: Object.fromEntries(CALLS.map((name) => [name, comparison(name)])) as Record<
      CallName,
      ScaleComparison
    >,
  };

  async function slice(size: (typeof SIZES)[number], name: CallName, ms: number): Promise<Slice> {
    const { process, port, request, answerLength, rows } = installations[size][name];
    const before = await process.usage();
    const postgresBefore = postgresCpuMs(stage.dataDir);
    const connections = rows > 1_000 ? 2 : plan.connections;
    const { calls, failures } = await load.ask('calls', { port, connections, request, ms, answerLength });
    const postgresAfter = postgresCpuMs(stage.dataDir);
    const after = await process.usage();
    if (failures > 0) throw new Error(`${size}, ${name}: ${failures} wrong answers`);
    return {
      gatewayUs: ((after.cpuMs - before.cpuMs) * 1000) / calls,
      postgresUs:
        postgresBefore === null || postgresAfter === null
          ? null
          : ((postgresAfter - postgresBefore) * 1000) / calls,
    };
  }

  function comparison(name: CallName): ScaleComparison {
    const { small, large } = slices[name];
    const each = large.map((one, round) => one.gatewayUs / (small[round] as Slice).gatewayUs);
    const usual = median(small.map(({ gatewayUs }) => gatewayUs));
    const itself = small.map(({ gatewayUs }) => gatewayUs / usual);
    const { rows } = installations.large[name];
    const per1000 = (value: (one: Slice) => number | null) =>
      spreadOf(large, (one) => {
        const us = value(one);
        return us === null ? null : us / rows;
      });
    return {
      small: figures(small, installations.small[name].rows),
      large: figures(large, rows),
      ratio: spread(each),
      noise: spread(itself),
      per1000RowsMs: {
        gateway: per1000((one) => one.gatewayUs) as Spread,
        postgres: per1000((one) => one.postgresUs),
      },
    };
  }
}

const figures = (slices: readonly Slice[], rows: number): ScaleFigures => ({
  rows,
  gatewayUs: spread(slices.map(({ gatewayUs }) => gatewayUs)),
  postgresUs: spreadOf(slices, ({ postgresUs }) => postgresUs),
});

function spreadOf(slices: readonly Slice[], value: (slice: Slice) => number | null): Spread | null {
  const values = slices.map(value);
  return values.includes(null) ? null : spread(values as number[]);
}
