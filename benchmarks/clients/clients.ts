import { execFile } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { call } from '../stage/client.js';
import type { Stage } from '../stage/stage.js';
import { spread, type Spread } from '../statistics.js';
import type { CgiCommands } from './cgi-process.js';

export interface ClientsPlan {
  readonly rounds: number;
  /** Of one pack, which nothing can compress. */
  readonly mib: number;
}

/** Gateway by `git http-backend`, of one round each: more is better. */
export interface ClientsComparison {
  readonly operation: 'clone' | 'push';
  readonly ratio: Spread;
  readonly mibPerSecond: { readonly gateway: Spread; readonly bare: Spread };
}

export interface ClientsResult {
  readonly plan: ClientsPlan;
  readonly comparisons: readonly ClientsComparison[];
}

type Server = 'gateway' | 'bare';
const SERVERS: readonly Server[] = ['gateway', 'bare'];
const ENV = {
  PATH: process.env.PATH,
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Con',
  GIT_AUTHOR_EMAIL: 'con@example.com',
  GIT_COMMITTER_NAME: 'Con',
  GIT_COMMITTER_EMAIL: 'con@example.com',
};

/** What a real git needs for a clone and a push, in rounds that visit both servers in turn. */
export async function benchmarkClients(
  stage: Stage,
  plan: ClientsPlan,
  say: (text: string) => void,
): Promise<ClientsResult> {
  const gateway = await stage.startGateway('gateway-clients', await stage.createDatabase('clients'));
  const cgi = stage.start<CgiCommands>('bare-cgi', 'clients/cgi-process.js');
  const bases = {
    gateway: `http://admin:${stage.adminKey}@127.0.0.1:${gateway.port}`,
    bare: `http://127.0.0.1:${await cgi.ask('start', stage.repoRoot)}`,
  };
  // Both serve the same files; only what is pushed to has to be apart
  for (const repo_name of ['cloned', ...SERVERS.map((server) => `pushed-${server}`)])
    await call(gateway.port, stage.adminKey, 'create_repo', { repo_name, repo_type: 'git' });
  const work = await mkdtemp(join(tmpdir(), 'forgegate-bench-clients-'));
  try {
    await git(work, 'init', '-q', '-b', 'main', 'tree');
    const tree = join(work, 'tree');
    await git(tree, 'config', 'core.compression', '0');
    await commit(tree, plan.mib, 0);
    await git(tree, 'push', '-q', `${bases.gateway}/cloned`, 'main');
    const ms = { clone: empty(), push: empty() };
    for (let round = 0; round <= plan.rounds; round += 1) {
      say(`clients: round ${round} of ${plan.rounds}`);
      const order = round % 2 === 0 ? SERVERS : SERVERS.toReversed();
      await git(tree, 'checkout', '-q', '--orphan', `round${round}`);
      await commit(tree, plan.mib, round + 1);
      for (const server of order) {
        const cloned = await timed(() =>
          git(work, 'clone', '-q', '--bare', `${bases[server]}/cloned`, 'copy'),
        );
        await rm(join(work, 'copy'), { recursive: true });
        const pushed = await timed(() =>
          git(tree, 'push', '-q', `${bases[server]}/pushed-${server}`, `HEAD:refs/heads/round${round}`),
        );
        // The first round warms up
        if (round === 0) continue;
        ms.clone[server].push(cloned);
        ms.push[server].push(pushed);
      }
    }
    const compared = (operation: 'clone' | 'push'): ClientsComparison => {
      const { gateway: ours, bare } = ms[operation];
      const speed = (values: number[]) => spread(values.map((value) => (plan.mib * 1_000) / value));
      return {
        operation,
        ratio: spread(ours.map((value, round) => (bare[round] ?? Number.NaN) / value)),
        mibPerSecond: { gateway: speed(ours), bare: speed(bare) },
      };
    };
    return { plan, comparisons: [compared('clone'), compared('push')] };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const empty = (): Record<Server, number[]> => ({ gateway: [], bare: [] });

const git = (cwd: string, ...args: string[]) => promisify(execFile)('git', args, { cwd, env: ENV });

async function commit(tree: string, mib: number, seed: number): Promise<void> {
  const noise = createCipheriv('aes-256-ctr', Buffer.alloc(32, seed), Buffer.alloc(16));
  for (let file = 0; file < mib; file += 1)
    await writeFile(join(tree, `file${file}`), noise.update(Buffer.alloc(1_048_576)));
  await git(tree, 'add', '-A');
  await git(tree, 'commit', '-q', '-m', `noise ${seed}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
