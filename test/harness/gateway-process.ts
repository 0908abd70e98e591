import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runningProcesses } from './processes.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** The built gateway as a process of its own, with its embedded PostgreSQL, as `npm start` runs it. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly adminKey: string,
    private readonly printed: () => string,
  ) {}

  /** What it has written to standard output and standard error so far. */
  get output(): string {
    return this.printed();
  }

  /**
   * Resolves when it has printed its first call.
   * @param home kept between starts
   * @param prefix command that runs it, e.g. in another network
   */
  static async start(
    home: string,
    env: Record<string, string> = {},
    prefix: readonly string[] = [],
  ): Promise<GatewayProcess> {
    const [command, ...args] = [...prefix, process.execPath, MAIN];
    const child = spawn(command, args, {
      env: {
        PATH: process.env.PATH,
        FORGEGATE_HOME: home,
        PORT: '0',
        FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = /Endpoint\s+(\S+)\/_admin\/api[\s\S]*A first call/.exec(output) ?? [];
        if (found) resolve(found);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('exit', (code) =>
        reject(new Error(`the gateway ended with ${code} while starting:\n${output}`)),
      );
    });
    const adminKey = readFileSync(join(home, 'admin.key'), 'utf8').trim();
    return new GatewayProcess(child, url, adminKey, () => output);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  async call<Result = Record<string, unknown>>(
    method: string,
    args: object = {},
    key = this.adminKey,
  ): Promise<Result> {
    const response = await fetch(`${this.url}/_admin/api`, {
      method: 'POST',
      body: JSON.stringify({ id: 1, api_key: key, method, args }),
    });
    const { result, error } = (await response.json()) as { result: Result; error: string | null };
    if (error !== null) throw new Error(`${method}: ${error}`);
    return result;
  }

  /** Nothing gets a chance to finish. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As {@link kill}, with everything that it started, in whatever process group. */
  async killAll(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const running = runningProcesses();
    const pids = [this.child.pid ?? 0];
    for (const pid of pids)
      pids.push(...running.filter(({ parent }) => parent === pid).map((child) => child.pid));
    for (const pid of pids) {
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await this.kill();
  }

  /** @returns the exit code */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    await this.end(signal);
    return this.child.exitCode;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
