import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarkCalls, type CallsResult } from './calls/calls.js';
import { benchmarkDelivery, type DeliveryResult } from './delivery/delivery.js';
import { benchmarkFanout, type FanoutResult } from './fanout/fanout.js';
import type { LoadCommands } from './load/load-process.js';
import { FULL, QUICK } from './plans.js';
import { benchmarkClients, type ClientsResult } from './clients/clients.js';
import { callsReport } from './report/calls-report.js';
import { clientsReport } from './report/clients-report.js';
import { deliveryReport } from './report/delivery-report.js';
import { fanoutReport } from './report/fanout-report.js';
import { benchmarkReading, type ReadingResult } from './reading/reading.js';
import { benchmarkPlugins, type PluginsResult } from './plugins/plugins.js';
import { pluginsReport } from './report/plugins-report.js';
import { readingReport } from './report/reading-report.js';
import { headline, machineReport } from './report/machine-report.js';
import { scaleReport } from './report/scale-report.js';
import { benchmarkScale, type ScaleResult } from './scale/scale.js';
import { CpuWatch, type CpuShares } from './stage/cpu-watch.js';
import { machineFacts, type MachineFacts } from './stage/machine.js';
import { Stage } from './stage/stage.js';

const USAGE = `npm run bench -- [--quick] [--only calls|scale|delivery|fanout|reading|clients|plugins] [--out FILE]

  --quick   some seconds instead of minutes, to see that everything runs
  --only    one part
  --out     where the figures go; without it a whole run writes benchmarks/results/latest.json, any other run no file`;

export interface BenchmarkResult {
  readonly at: string;
  readonly quick: boolean;
  readonly seconds: number;
  readonly machine: MachineFacts;
  readonly cpu: CpuShares | null;
  readonly calls?: CallsResult;
  readonly scale?: ScaleResult;
  readonly delivery?: DeliveryResult;
  readonly fanout?: FanoutResult;
  readonly reading?: ReadingResult;
  readonly clients?: ClientsResult;
  readonly plugins?: PluginsResult;
}

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (
  options.help ||
  !['calls', 'scale', 'delivery', 'fanout', 'reading', 'clients', 'plugins', undefined].includes(options.only)
) {
  console.log(USAGE);
  process.exit(options.help ? 0 : 2);
}
await run();

async function run(): Promise<void> {
  const started = performance.now();
  const plan = options.quick ? QUICK : FULL;
  const watch = new CpuWatch();
  const stage = await Stage.set();
  // The processes that were started must not outlive an interrupted run.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.clear().finally(() => process.exit(130)));
  }
  try {
    const machine = await machineFacts(stage);
    const load = stage.start<LoadCommands>('load', 'load/load-process.js');
    const isWanted = (part: string) => options.only === undefined || options.only === part;
    const calls = isWanted('calls') ? await benchmarkCalls(stage, load, plan.calls, say) : undefined;
    const scale = isWanted('scale') ? await benchmarkScale(stage, load, plan.scale, say) : undefined;
    const delivery = isWanted('delivery')
      ? await benchmarkDelivery(stage, load, plan.delivery, say)
      : undefined;
    const fanout = isWanted('fanout') ? await benchmarkFanout(stage, load, plan.fanout, say) : undefined;
    const reading = isWanted('reading') ? await benchmarkReading(stage, plan.reading, say) : undefined;
    const clients = isWanted('clients') ? await benchmarkClients(stage, plan.clients, say) : undefined;
    const plugins = isWanted('plugins') ? await benchmarkPlugins(stage, load, plan.plugins, say) : undefined;
    await stage.clear();
    const result: BenchmarkResult = {
      at: new Date().toISOString(),
      quick: options.quick,
      seconds: Math.round((performance.now() - started) / 1000),
      machine,
      cpu: watch.shares(),
      ...(calls && { calls }),
      ...(scale && { scale }),
      ...(delivery && { delivery }),
      ...(fanout && { fanout }),
      ...(reading && { reading }),
      ...(clients && { clients }),
      ...(plugins && { plugins }),
    };
    print(result);
    await save(result);
  } finally {
    await stage.clear();
  }
}

function print({
  machine,
  quick,
  seconds,
  cpu,
  calls,
  scale,
  delivery,
  fanout,
  reading,
  clients,
  plugins,
}: BenchmarkResult): void {
  const parts = [
    headline(quick),
    machineReport(machine, seconds, cpu),
    calls && callsReport(calls),
    scale && scaleReport(scale),
    delivery && deliveryReport(delivery),
    fanout && fanoutReport(fanout),
    reading && readingReport(reading),
    clients && clientsReport(clients),
    plugins && pluginsReport(plugins),
  ];
  console.log(`\n${parts.filter(Boolean).join('\n\n')}\n`);
}

async function save(result: BenchmarkResult): Promise<void> {
  const isWhole = !options.quick && options.only === undefined;
  const file = options.out ?? (isWhole ? join('benchmarks', 'results', 'latest.json') : null);
  if (file === null) return;
  await mkdir(dirname(resolve(file)), { recursive: true });
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  await writeFile(file, `${JSON.stringify(result, rounded, 2)}\n`);
  console.log(`Written to ${file}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
