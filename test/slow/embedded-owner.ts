import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const MODULE = new URL('../../dist/src/database/embedded/embedded-postgres.js', import.meta.url).href;

const PROGRAM = `
const { startEmbeddedPostgres } = await import(process.argv[1]);
try {
  const server = await startEmbeddedPostgres({ home: process.argv[2], log: () => {} });
  console.log(server.url);
  setInterval(() => {}, 1e6);
} catch (error) {
  console.log('refused: ' + error.message);
}`;

export interface Owner {
  readonly process: ChildProcess;
  /** The URL of its database, or `refused: ...`. */
  readonly said: string;
}

/** A process that starts the built embedded database on a home and holds it until it is killed. */
export async function startOwner(home: string, user?: { uid: number; gid: number }): Promise<Owner> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, MODULE, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...user,
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { process: child, said: line };
}

/** As the kernel does it when memory runs out. */
export async function kill(owner: Owner): Promise<void> {
  const gone = once(owner.process, 'exit');
  owner.process.kill('SIGKILL');
  await gone;
}
