import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { Identity } from './placement.js';

export const SUPERUSER = 'forgegate';

/**
 * Runs the server and shuts it down when the pipe on standard input closes, which the kernel sees to however the
 * gateway ends. The reader is a process of its own, so it also outlives a killed shell.
 */
const WATCHDOG =
  'exec 3<&0; "$0" "$@" </dev/null 3<&- & pid=$!; trap "kill -INT $pid" INT TERM; ' +
  '(read _ <&3; kill -INT $pid 2>/dev/null) & wait $pid';

const LARGEST_LOG = 5 * 1024 * 1024;

export interface PostmasterOptions {
  readonly native: string;
  readonly dataDir: string;
  readonly runDir: string;
  readonly logFile: string;
  readonly runAs: Identity | null;
  /** Server settings, e.g. `fsync` -> `off`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A running PostgreSQL server of ours. */
export class Postmaster {
  /** Resolves when the server is gone, for whatever reason. */
  readonly exited: Promise<void>;
  private hasExited = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: PostmasterOptions,
  ) {
    this.exited = new Promise((resolve) => {
      const ended = () => {
        this.hasExited = true;
        resolve();
      };
      child.once('exit', ended);
      child.once('error', ended);
    });
  }

  /** @throws EmbeddedPostgresError with the end of the server's log */
  static async start(options: PostmasterOptions): Promise<Postmaster> {
    const logStart = await prepareLog(options.logFile);
    const log = await open(options.logFile, 'a', 0o600);
    try {
      const settings = Object.entries(options.settings).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ]);
      const server = [join(options.native, 'bin', 'postgres'), '-D', options.dataDir, ...settings];
      const child = spawn('/bin/sh', ['-c', WATCHDOG, ...server], {
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
        stdio: ['pipe', log.fd, log.fd],
        // out of the terminal's group: Ctrl-C must reach the gateway first
        detached: true,
        ...options.runAs,
      });
      child.stdin?.on('error', () => undefined);
      const postmaster = new Postmaster(child, options);
      await postmaster.waitUntilReady(logStart);
      return postmaster;
    } finally {
      await log.close();
    }
  }

  /** It keeps this process from ending no more; it still ends with it. */
  unref(): void {
    this.child.unref();
    (this.child.stdin as Socket | null)?.unref();
  }

  /** Fast shutdown: open sessions are ended, everything is written. Resolves when the server is gone. */
  async stop(): Promise<void> {
    this.child.ref();
    this.child.stdin?.end();
    await this.exited;
  }

  private async waitUntilReady(logStart: number): Promise<void> {
    while (!this.hasExited) {
      if (await accepts(this.options.runDir)) return;
      await Promise.race([pause(10), this.exited]);
    }
    const text = await readFile(this.options.logFile, 'utf8').catch(() => '');
    const lines = Buffer.from(text).subarray(logStart).toString('utf8').trim().split('\n');
    throw new EmbeddedPostgresError(`PostgreSQL did not start:\n${lines.slice(-8).join('\n')}`);
  }
}

/** Whether a server answers behind the sockets of this folder. */
export async function accepts(runDir: string, database = 'postgres'): Promise<boolean> {
  const client = new pg.Client({ host: runDir, user: SUPERUSER, database, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @returns where the lines of this start will begin */
async function prepareLog(logFile: string): Promise<number> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= LARGEST_LOG) return size;
  await truncate(logFile);
  return 0;
}
