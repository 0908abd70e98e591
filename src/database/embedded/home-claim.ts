import { rename, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** Proof that this process owns a home: a socket that the kernel closes however the process ends. */
export interface HomeClaim {
  /** Whether the claim is still ours: of two that start at the same moment the later one wins it. */
  holds(): Promise<boolean>;
  release(): Promise<void>;
}

const SOCKET = 'owner.sock';

/** @returns the process that owns the home, or null */
export async function currentOwner(runDir: string): Promise<number | null> {
  const answer = await ask(runDir);
  return answer ? Number(answer.split(' ')[0]) : null;
}

/** Takes the home, whose owner must be known to be gone. */
export async function claimHome(runDir: string): Promise<HomeClaim> {
  const identity = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(identity);
  });
  server.unref();
  // bound under a name of its own, then moved: what stands under the known name always has a listener or a dead one
  const draft = join(runDir, `o${randomBytes(3).toString('hex')}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(draft, resolve);
  });
  const path = join(runDir, SOCKET);
  await rename(draft, path);
  return {
    holds: async () => (await ask(runDir)) === identity,
    async release() {
      if ((await ask(runDir)) === identity) await rm(path, { force: true });
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function ask(runDir: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(join(runDir, SOCKET));
    socket.setEncoding('utf8').setTimeout(5_000, () => socket.destroy());
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer || null));
  });
}
