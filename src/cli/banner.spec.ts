import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { banner, firstCall, type StartFacts } from './banner.js';

const facts: StartFacts = {
  version: '1.2.3',
  endpoint: 'http://127.0.0.1:5000/scm',
  database: 'embedded PostgreSQL in /srv/fg/postgres',
  repoRoot: '/srv/fg/repos',
  keyFile: '/srv/fg/admin.key',
  programs: [
    { program: 'git', version: '2.39.5', reason: null },
    { program: 'hg', version: null, reason: 'Mercurial is not installed on the server' },
  ],
  notes: ['the data lives elsewhere'],
};

describe('the start banner', () => {
  it('says where everything is and what was found', () => {
    expect(banner(facts).split('\n')).toEqual([
      'Forgegate 1.2.3',
      '  Endpoint      http://127.0.0.1:5000/scm/_admin/api',
      '  Database      embedded PostgreSQL in /srv/fg/postgres',
      '  Repositories  /srv/fg/repos',
      '  Admin key     /srv/fg/admin.key',
      '  git           2.39.5',
      '  hg            not usable: Mercurial is not installed on the server',
      '  Note          the data lives elsewhere',
      '',
      'A first call:',
      `  ${firstCall(facts.endpoint, facts.keyFile)}`,
      '',
    ]);
  });

  it('says how to get a key when none is kept', () => {
    expect(banner({ ...facts, keyFile: null })).toContain('npx forgegate key create');
  });

  it('has a call that a shell reads as meant, whatever the path of the key', () => {
    const folder = mkdtempSync(join(tmpdir(), `fg banner's $x `));
    try {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      // stands in for curl and shows what it was given
      const program = `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)));\n`;
      writeFileSync(join(bin, 'curl.cjs'), program);
      writeFileSync(join(bin, 'curl'), `#!/bin/sh\nexec "${process.execPath}" "${'${0}'}.cjs" "$@"\n`);
      chmodSync(join(bin, 'curl'), 0o755);
      writeFileSync(join(folder, 'admin.key'), `${'ab'.repeat(20)}\n`);
      const line = firstCall('http://[::1]:5000', join(folder, 'admin.key'));
      const env = { PATH: `${bin}:/usr/bin:/bin` };
      const given = JSON.parse(execFileSync('/bin/sh', ['-c', line], { env, encoding: 'utf8' })) as string[];
      expect(given.slice(0, 3)).toEqual(['-s', 'http://[::1]:5000/_admin/api', '-d']);
      expect(JSON.parse(given[3] ?? '')).toEqual({
        id: 1,
        api_key: 'ab'.repeat(20),
        method: 'get_server_info',
        args: {},
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
