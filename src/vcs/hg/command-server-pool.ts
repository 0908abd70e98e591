import { VcsError, type OperationOptions } from '../vcs.js';
import { aborted } from '../process.js';
import type { CommandServer, HgResult } from './command-server.js';

export interface HgPoolLimits {
  servers: number;
  /** Commands after which a server is replaced. */
  commands: number;
  idleMs: number;
  /** For a command that nobody else ends; five minutes unless given. */
  commandMs?: number;
}

const DEFAULTS = { servers: 3, commands: 500, idleMs: 60_000, commandMs: 300_000 };

/** Some command servers for all repositories; who finds none free waits his turn. */
export class CommandServerPool {
  private readonly idle: { server: CommandServer; timer: NodeJS.Timeout }[] = [];
  private readonly waiting: (() => void)[] = [];
  /** Commands that run now, by the directories they read. */
  private readonly busy = new Map<Promise<unknown>, readonly string[]>();
  private readonly ending = new Set<Promise<void>>();
  private taken = 0;
  private closed = false;

  constructor(
    private readonly start: () => Promise<CommandServer>,
    private readonly limits: HgPoolLimits = DEFAULTS,
  ) {}

  /** @param directories what the command touches, for {@link release} @param onOutput as in `CommandServer.run` */
  run(
    directories: readonly string[],
    args: readonly string[],
    options: OperationOptions = {},
    onOutput: ((data: Buffer) => void) | null = null,
  ): Promise<HgResult> {
    const { commandMs = DEFAULTS.commandMs } = this.limits;
    const run = (server: CommandServer) =>
      server.run(args, options.signal ?? AbortSignal.timeout(commandMs), onOutput);
    return this.use(directories, run, options);
  }

  /** Lends a server until the work is done. */
  async use<T>(
    directories: readonly string[],
    work: (server: CommandServer) => Promise<T>,
    options: OperationOptions = {},
  ): Promise<T> {
    await this.turn(options.signal);
    const working = this.lend(work);
    this.busy.set(working, directories);
    try {
      return await working;
    } finally {
      this.busy.delete(working);
      this.taken -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Servers hold nothing between commands, so that only the running ones on this directory must end. */
  async release(directory: string): Promise<void> {
    const concerned = (path: string) => path === directory || path.startsWith(`${directory}/`);
    const works = [...this.busy]
      .filter(([, directories]) => directories.some(concerned))
      .map(([work]) => work);
    await Promise.allSettled(works);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of this.waiting.splice(0)) wake();
    await Promise.allSettled(this.busy.keys());
    for (const { server, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      this.retire(server);
    }
    await Promise.allSettled(this.ending);
  }

  private async turn(signal: AbortSignal | undefined): Promise<void> {
    while (!this.closed && this.taken >= this.limits.servers) await this.wait(signal);
    if (this.closed) throw new VcsError('FAILED', 'version control is shutting down');
    if (signal?.aborted) {
      this.waiting.shift()?.();
      throw aborted();
    }
    this.taken += 1;
  }

  private wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(wake), 1);
        reject(aborted());
      };
      if (signal?.aborted) return reject(aborted());
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(wake);
    });
  }

  private async lend<T>(work: (server: CommandServer) => Promise<T>): Promise<T> {
    const server = await this.take();
    try {
      return await work(server);
    } finally {
      this.putBack(server);
    }
  }

  private async take(): Promise<CommandServer> {
    for (let entry = this.idle.pop(); entry !== undefined; entry = this.idle.pop()) {
      clearTimeout(entry.timer);
      if (!entry.server.broken) return entry.server;
      this.retire(entry.server);
    }
    return this.start();
  }

  private putBack(server: CommandServer): void {
    if (this.closed || server.broken || server.served >= this.limits.commands) return this.retire(server);
    const entry = {
      server,
      timer: setTimeout(() => {
        this.idle.splice(this.idle.indexOf(entry), 1);
        this.retire(server);
      }, this.limits.idleMs).unref(),
    };
    this.idle.push(entry);
  }

  private retire(server: CommandServer): void {
    const end = server.end().finally(() => this.ending.delete(end));
    this.ending.add(end);
  }
}
