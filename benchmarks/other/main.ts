import { setTimeout as pause } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { SinkCommands } from '../delivery/sink-process.js';
import { HttpLine } from '../load/http-line.js';
import { openLoop } from '../load/open-loop.js';
import { Helper } from '../process/parent-side.js';
import { number, table } from '../report/table.js';
import { latency } from '../statistics.js';

interface Options {
  url: string;
  body: string;
  header: string[];
  rate: number;
  seconds: number;
  patience: number;
  connections: number;
  sinkHost: string;
  sinkPort: number;
}

const whole = (text: string) => {
  if (/^\d{1,7}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a positive number.');
};

const program = new Command('bench:other')
  .description('The generator and the sink of our own figures, pointed at another product')
  .requiredOption('--url <url>', 'where a POST makes one event')
  .requiredOption(
    '--body <text>',
    'body of that POST; {n} becomes "bench <number>", which must come back in the delivery',
  )
  .option('--header <name: value...>', 'headers of the POST', [])
  .option('--rate <n>', 'events a second, sent when they are due', whole, 50)
  .option('--seconds <n>', 'for how long', whole, 10)
  .option('--patience <n>', 'seconds to wait for what has not arrived at the end', whole, 30)
  .option('--connections <n>', 'at most so many at once', whole, 64)
  .option('--sink-host <address>', 'where the sink listens', '127.0.0.1')
  .option('--sink-port <port>', 'its port; subscribe http://<sink>/hook with the product first', whole, 9099)
  .addHelpText(
    'after',
    '\nExample, with a gateway of ours:\n' +
      '  npm run -s bench:other -- --url http://127.0.0.1:5000/_admin/api --rate 50 \\\n' +
      `    --body '{"id": 1, "api_key": "KEY", "method": "update_repo", "args": {"repoid": "website", "description": "{n}"}}'`,
  );

program.parse();
await measure(program.opts<Options>());

async function measure(options: Options): Promise<void> {
  const { rate, seconds } = options;
  const sink = Helper.start<SinkCommands>('sink', 'delivery/sink-process.js');
  try {
    await sink.ask('start', { host: options.sinkHost, port: options.sinkPort });
    const count = rate * seconds;
    const headers = { 'content-type': 'application/json', ...headersOf(options.header) };
    const { dueAt, answeredAt, failures } = await openLoop({
      ratePerSecond: rate,
      count,
      maxConnections: options.connections,
      request: (index) => Buffer.from(options.body.replaceAll('{n}', `bench ${index + 1}`)),
      open: () => Promise.resolve(new HttpLine(new URL(options.url), headers)),
      isRight: ({ status }) => status >= 200 && status < 300,
    });
    const { firstAt, duplicates } = await arrivals(sink, count, options.patience);
    const since = (times: Float64Array) =>
      latency(
        times.map((at, index) => at - (dueAt[index] ?? Number.NaN)).filter((value) => !Number.isNaN(value)),
      );
    const row = (what: string, { p50, p95, p99, max }: ReturnType<typeof latency>) => [
      what,
      ...[p50, p95, p99, max].map(number),
    ];
    console.log(
      table(
        [`ms, at ${rate}/s`, 'p50', 'p95', 'p99', 'max'],
        [row('answer', since(answeredAt)), row('end to end', since(firstAt))],
      ),
    );
    const missing = firstAt.filter((at) => Number.isNaN(at)).length;
    console.log(
      `sent ${count}, refused ${failures}, not arrived ${missing}, arrived more than once ${duplicates}`,
    );
  } finally {
    await sink.stop();
  }
}

async function arrivals(sink: Helper<SinkCommands>, count: number, patienceS: number) {
  const end = performance.now() + patienceS * 1000;
  for (;;) {
    const found = await sink.ask('arrivals', { first: 1, count });
    if (!found.firstAt.some(Number.isNaN) || performance.now() > end) return found;
    await pause(50);
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}
