import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Type = 'git' | 'hg';

/** A developer's clone: one commit on the main branch, one on a branch `feature`, both pushed. */
export function fillRepository(type: Type, repository: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const run = (...args: string[]) =>
    execFileSync(type, args, { cwd: directory, env: environment(directory), stdio: 'pipe' });
  const commit = (file: string, text: string, message: string) => {
    writeFileSync(join(directory, file), text);
    if (type === 'git') run('add', file);
    run(...(type === 'git' ? ['commit', '-q', '-m', message] : ['commit', '-q', '-A', '-m', message]));
  };
  run('clone', '-q', repository, '.');
  if (type === 'git') run('checkout', '-q', '-B', 'main');
  commit('README', 'Read me\n', 'Begin');
  run(...(type === 'git' ? ['checkout', '-q', '-b', 'feature'] : ['branch', '-q', 'feature']));
  commit('feature.txt', 'It works\n', 'Add a feature');
  run(...(type === 'git' ? ['push', '-q', 'origin', '--all'] : ['push', '-q', '--new-branch']));
}

function environment(home: string): NodeJS.ProcessEnv {
  const name = 'Ada Byron';
  const email = 'ada@example.com';
  return {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    HGUSER: `${name} <${email}>`,
    HGRCPATH: '',
    HGPLAIN: '1',
  };
}
