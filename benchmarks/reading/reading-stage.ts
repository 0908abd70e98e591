import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandServer } from '../../src/vcs/hg/command-server.js';
import type { RepoType } from '../../src/vcs/vcs.js';
import { call } from '../stage/client.js';
import type { RunningGateway, Stage } from '../stage/stage.js';

/** Changesets of the repository that histories are read of, and entries of the one that trees are read of. */
export const SIZES = { changesets: 1_200, entries: 10_000 };
const DIRECTORIES = 100;
const PATH = process.env.PATH ?? '';
const ENV = {
  PATH,
  HOME: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  HGRCPATH: '',
};

export interface ReadingStage {
  readonly gateway: RunningGateway;
  /** Without Mercurial there is one only. */
  readonly types: readonly RepoType[];
  /** What the programs need for the newest 1,000 changesets, and for all entries. */
  bare(type: RepoType, what: 'history' | 'tree'): Promise<void>;
  close(): Promise<void>;
}

export const historyOf = (type: RepoType) => `history-${type}`;
export const treeOf = (type: RepoType) => `tree-${type}`;

/** Two repositories of each type, one long and one wide. */
export async function setReadingStage(stage: Stage): Promise<ReadingStage> {
  const gateway = await stage.startGateway('gateway-reading', await stage.createDatabase('reading'));
  const types: readonly RepoType[] = hasHg() ? ['git', 'hg'] : ['git'];
  const directory = (repo: string) => join(stage.repoRoot, repo);
  for (const type of types) {
    for (const repo of [historyOf(type), treeOf(type)])
      await call(gateway.port, stage.adminKey, 'create_repo', { repo_name: repo, repo_type: type });
    if (type === 'git') {
      importGit(directory(historyOf('git')), longHistory());
      importGit(directory(treeOf('git')), wideTree());
    } else {
      hg(directory(historyOf('hg')), 'debugbuilddag', '--new-file', `+${SIZES.changesets}`);
      writeFiles(directory(treeOf('hg')));
      hg(directory(treeOf('hg')), 'commit', '-q', '-A', '-m', 'all', '-u', 'Con <con@example.com>');
    }
  }
  const server = types.includes('hg') ? new CommandServer('hg', PATH) : null;
  return {
    gateway,
    types,
    bare: async (type, what) => {
      const repo = directory(what === 'history' ? historyOf(type) : treeOf(type));
      if (type === 'git') return bareGit(repo, what);
      const args = what === 'history' ? ['log', '-l', '1000', '-T', 'json'] : ['manifest', '-r', 'tip'];
      const { code } = (await server?.run(['-R', repo, ...args])) ?? { code: 1 };
      if (code !== 0) throw new Error(`hg ${args.join(' ')} failed`);
    },
    close: async () => {
      await server?.end();
      await gateway.process.stop();
    },
  };
}

function bareGit(repo: string, what: 'history' | 'tree'): void {
  const args =
    what === 'history'
      ? ['log', '-1000', '-z', '--format=%H%n%P%n%an <%ae>%n%ct%n%B', 'main']
      : ['ls-tree', '-r', '-t', '-z', 'main'];
  execFileSync('git', args, { env: { ...ENV, GIT_DIR: repo }, maxBuffer: 2 ** 26 });
}

function longHistory(): string[] {
  return Array.from({ length: SIZES.changesets }, (_, index) => {
    const message = `Change ${index}\n\nWith a line that says why it was made.\n`;
    return commit(index, message, [[`f${index % 50}`, String(index)]]);
  });
}

function wideTree(): string[] {
  return [
    commit(
      0,
      'all',
      files().map((file) => [file, file]),
    ),
  ];
}

/** Together with their directories as many as {@link SIZES} says. */
function files(): string[] {
  return Array.from({ length: SIZES.entries - DIRECTORIES }, (_, index) => {
    const directory = `directory-${String(index % DIRECTORIES).padStart(3, '0')}`;
    return `${directory}/file-${String(index).padStart(5, '0')}.txt`;
  });
}

function commit(index: number, message: string, contents: readonly (readonly [string, string])[]): string {
  const head = `commit refs/heads/main\ncommitter Con <con@example.com> ${1_700_000_000 + index} +0000\n`;
  const changes = contents.map(([path, text]) => `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`);
  return `${head}data ${message.length}\n${message}\n${changes.join('')}`;
}

function importGit(repo: string, commits: readonly string[]): void {
  const env = { ...ENV, GIT_DIR: repo };
  execFileSync('git', ['fast-import', '--quiet'], { env, input: commits.join('\n') });
}

function writeFiles(repo: string): void {
  for (const file of files()) {
    mkdirSync(join(repo, file, '..'), { recursive: true });
    writeFileSync(join(repo, file), file);
  }
}

function hg(repo: string, ...args: string[]): void {
  execFileSync('hg', ['-R', repo, '--cwd', repo, ...args], { env: ENV, stdio: 'pipe' });
}

function hasHg(): boolean {
  try {
    execFileSync('hg', ['--version'], { env: ENV, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
