import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { RECEIVING_PROGRAM, type Receiving } from '../../src/vcs/receiving.js';
import { CLIENT_ENVIRONMENT } from './repositories.js';

export interface PushOutcome {
  code: number | null;
  /** What the person at the client reads. */
  output: string;
}

/**
 * A client that pushes into a directory of the gateway, its receiving side started as the gateway starts it: what a push
 * over the network comes down to.
 * @param args of `git push` or `hg push`, without the remote
 */
export async function pushInto(
  receiving: Pick<Receiving, 'connect' | 'finished'>,
  type: 'git' | 'hg',
  from: string,
  directory: string,
  ...args: string[]
): Promise<PushOutcome> {
  const { gitConfig, hgArguments, environment } = RECEIVING_PROGRAM;
  const config = gitConfig.map(([key, value]) => `-c ${key}=${value}`).join(' ');
  const command =
    type === 'git'
      ? ['push', `--receive-pack=git ${config} receive-pack`, directory, ...args]
      : [...hgArguments, 'push', ...args, directory];
  const child = spawn(type, command, {
    cwd: from,
    env: { ...CLIENT_ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  receiving.connect(child.stdio[3] as Duplex);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (output += part));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  await receiving.finished();
  return { code, output };
}
