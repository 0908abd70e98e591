import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Commands, Usage } from './child-side.js';

/** A process of the benchmark that does what it is asked; typed by the commands that its script exports. */
export class Helper<C extends Commands> {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;
  private readonly ended: Promise<void>;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (answer: Answer) => {
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        const error = `the process ${name} ended (${String(signal ?? code)})`;
        for (const [id, settle] of this.waiting) settle({ id, error });
        resolve();
      }),
    );
  }

  /** @param script compiled, beside `main.js`, e.g. `servers/gateway-process.js` */
  static start<C extends Commands>(name: string, script: string): Helper<C> {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    const child = fork(path, [], {
      // what a server logs must not get between the lines of the report
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
      env: environment(),
      execArgv: profiled(name),
    });
    return new Helper<C>(name, child);
  }

  async ask<N extends keyof C & string>(
    name: N,
    input: Parameters<C[N]>[0],
  ): Promise<Awaited<ReturnType<C[N]>>> {
    const id = ++this.lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve);
      if (!this.child.connected) resolve({ id, error: 'it has ended' });
      else this.child.send({ id, name, input });
    });
    if (answer.error !== undefined) throw new Error(`${this.name}, ${name}: ${answer.error}`);
    return answer.result as Awaited<ReturnType<C[N]>>;
  }

  usage(): Promise<Usage> {
    return this.ask('usage', undefined as never) as Promise<Usage>;
  }

  /** Lets it close what it opened; more than one call is fine. */
  async stop(): Promise<void> {
    if (this.child.connected) await this.ask('stop', undefined as never).catch(() => undefined);
    if (this.child.connected) this.child.disconnect();
    await this.ended;
  }
}

/** Settings of the gateway in the environment of whoever measures must not change what is measured. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(FORGEGATE_.*|DATABASE_URL|HOST|PORT|NODE_OPTIONS|NODE_V8_COVERAGE)$/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' };
}

/** `BENCH_PROFILE=<name of a process>` writes its CPU profile into `BENCH_PROFILE_DIR`. */
function profiled(name: string): string[] {
  if (process.env.BENCH_PROFILE !== name) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE_DIR ?? '.'}`];
}
