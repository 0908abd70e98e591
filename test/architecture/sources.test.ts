import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const sources = ['src', 'plugins'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => join(folder, name)),
);
const containing = (pattern: RegExp) =>
  sources.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')));

describe('the sources', () => {
  it('read the environment in one place, beside what is handed on to child processes', () => {
    expect(containing(/process\.env/).toSorted()).toEqual([
      'src/cli/demo/work-tree.ts',
      'src/cli/plugin/verify.ts',
      'src/config/load-settings.ts',
      'src/plugin-host/tiers/limits.ts',
      'src/plugin-testing/test-environment.ts',
      'src/vcs/process-environment.ts',
    ]);
  });

  it('never start a shell with what came from outside', () => {
    expect(containing(/import .*\b(execSync|exec)\b.*child_process|shell: true/)).toEqual([]);
    expect(containing(/'\/bin\/sh'|"\/bin\/sh"/)).toEqual(['src/database/embedded/postmaster.ts']);
  });

  it('have no file, folder or class of odds and ends', () => {
    expect(sources.filter((path) => /(^|\/|-)(utils?|helpers?|common|misc)(\.|\/|-|$)/.test(path))).toEqual(
      [],
    );
  });
});
