import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A program of Debian that a test needs. */
export type Program = 'nats-server' | 'redis-server' | 'mosquitto' | 'rabbitmq-server';

const FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/usr/lib/rabbitmq/bin'];

function pathOf(program: Program): string | undefined {
  // Debian's own rabbitmq-server in /usr/sbin wants to be another user
  const folders = program === 'rabbitmq-server' ? FOLDERS.toReversed() : FOLDERS;
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For `describe.skipIf`: outside of CI, where nobody may install what is missing. In CI the test fails and says so. */
export const isMissing = (program: Program): boolean => !process.env.CI && pathOf(program) === undefined;

export interface Broker {
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface BrokerStart {
  /** Written into the folder before the start. */
  readonly files?: (folder: string, port: number) => Readonly<Record<string, string>>;
  readonly args: (folder: string, port: number) => readonly string[];
  readonly env?: (folder: string, port: number) => Readonly<Record<string, string>>;
  readonly within?: number;
}

/** A broker on a free port of this machine with a folder of its own, ready to take connections. */
export async function startBroker(
  program: Program,
  { files = () => ({}), args, env = () => ({}), within = 20_000 }: BrokerStart,
): Promise<Broker> {
  const path = pathOf(program);
  if (path === undefined) throw new Error(`${program} is missing: apt-get install ${program}`);
  const [folder, port] = [await mkdtemp(join(tmpdir(), 'forgegate-broker-')), await freePort()];
  for (const [name, text] of Object.entries(files(folder, port))) await writeFile(join(folder, name), text);
  const child = spawn(path, args(folder, port), {
    cwd: folder,
    env: { ...process.env, HOME: folder, ...env(folder, port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A start script's children end with it
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const broker = { port, folder, pid: child.pid ?? 0, stop: () => stop(child, folder) };
  for (const end = Date.now() + within; !(await answers(port));) {
    if (child.exitCode === null && Date.now() < end) await setTimeout(20);
    else {
      await broker.stop();
      throw new Error(`${program} does not start: ${said.slice(-2_000)}`);
    }
  }
  return broker;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGTERM');
    const late = setTimeout(5_000, 'late', { ref: false });
    if ((await Promise.race([ended, late])) === 'late') process.kill(-child.pid, 'SIGKILL');
  }
  await rm(folder, { recursive: true, force: true });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

export const startRedis = (): Promise<Broker> =>
  startBroker('redis-server', {
    args: (folder, port) => [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
  });

/** With JetStream. Users: `writer`/`s3cret` may do everything, `reader`/`s3cret` may publish nothing that is stored. */
export const startNats = (
  more: (folder: string) => string = () => '',
  files: Readonly<Record<string, string>> = {},
): Promise<Broker> =>
  startBroker('nats-server', {
    files: (folder, port) => ({
      ...files,
      'nats.conf': `
        host: 127.0.0.1
        port: ${port}
        max_payload: 65536
        jetstream { store_dir: "${folder}/js" }
        authorization {
          users: [
            { user: writer, password: s3cret }
            { user: reader, password: s3cret, permissions: { publish: { deny: ["forge.>"] } } }
          ]
        }
        ${more(folder)}
      `,
    }),
    args: (folder) => ['-c', join(folder, 'nats.conf')],
  });
