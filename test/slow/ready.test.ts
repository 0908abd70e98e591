import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/ready.mjs', import.meta.url));

// stand in for npm and the Nest CLI: note that they were called, and leave what the real ones leave
const NPM = `
const fs = require('node:fs');
fs.appendFileSync(process.env.CALLS, 'npm ' + process.argv.slice(2, 4).join(' ') + ' ' + process.env.npm_config_omit + '\\n');
if (process.env.NPM_FAILS) { console.error('npm error unreachable'); process.exit(7); }
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/@nestjs/cli/bin', { recursive: true });
fs.cpSync(process.env.NEST, 'node_modules/@nestjs/cli/bin/nest.js');`;
const NEST = `
const fs = require('node:fs');
fs.appendFileSync(process.env.CALLS, 'nest ' + process.argv[2] + '\\n');
fs.rmSync('dist', { recursive: true, force: true });
fs.mkdirSync('dist');`;

let clone: string;
let stubs: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'fg-ready-'));
  stubs = mkdtempSync(join(tmpdir(), 'fg-ready-stubs-'));
  writeFileSync(join(stubs, 'npm-cli.js'), NPM);
  writeFileSync(join(stubs, 'nest.js'), NEST);
  for (const folder of ['scripts', 'src']) mkdirSync(join(clone, folder));
  cpSync(SCRIPT, join(clone, 'scripts', 'ready.mjs'));
  const lock = { packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } };
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(clone, 'src', 'main.ts'), 'export {};');
});

afterEach(() => {
  for (const folder of [clone, stubs]) rmSync(folder, { recursive: true, force: true });
});

async function ready(args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const given = {
    PATH: process.env['PATH'] ?? '',
    CALLS: join(stubs, 'calls'),
    NEST: join(stubs, 'nest.js'),
    npm_execpath: join(stubs, 'npm-cli.js'),
    ...env,
  };
  const command = [join(clone, 'scripts', 'ready.mjs'), ...args];
  const { stderr } = await promisify(execFile)(process.execPath, command, { env: given });
  return stderr;
}

/** What was called since the last question. */
function calls(): string[] {
  const file = join(stubs, 'calls');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  rmSync(file, { force: true });
  return lines;
}

const INSTALL = 'npm ci --include=dev undefined';

describe('making a clone ready', () => {
  it('installs and builds once, then does and says nothing', async () => {
    const said = await ready([], { npm_config_omit: 'dev', NODE_ENV: 'production' });
    expect(said).toBe('Installing the dependencies of package-lock.json\nBuilding\n');
    expect(calls()).toEqual([INSTALL, 'nest build']);
    expect(await ready()).toBe('');
    expect(calls()).toEqual([]);
  });

  it('builds again when a source changes, not when a test does', async () => {
    await ready();
    calls();
    writeFileSync(join(clone, 'src', 'main.spec.ts'), 'export {};');
    await ready();
    expect(calls()).toEqual([]);
    writeFileSync(join(clone, 'src', 'main.ts'), 'export const a = 1;');
    await ready(['--no-build']);
    expect(calls()).toEqual([]);
    await ready();
    expect(calls()).toEqual(['nest build']);
  });

  it('builds for another plugin only where the plugins are wanted', async () => {
    await ready();
    calls();
    mkdirSync(join(clone, 'plugins', 'fresh'), { recursive: true });
    writeFileSync(join(clone, 'plugins', 'fresh', 'index.ts'), 'export {};');
    await ready(['--no-plugins']);
    expect(calls()).toEqual([]);
    await ready();
    expect(calls()).toEqual(['nest build']);
    writeFileSync(join(clone, 'src', 'main.ts'), 'export const a = 1;');
    await ready(['--no-plugins']);
    expect(calls()).toEqual(['nest build']);
    await ready();
    expect(calls()).toEqual([]);
  });

  it('installs again when the lock file changes', async () => {
    await ready();
    calls();
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages: { '': {} }, a: 1 }));
    await ready(['--no-build']);
    expect(calls()).toEqual([INSTALL]);
  });

  it('takes what npm put there by hand, but not half of it', async () => {
    const one = join(clone, 'node_modules', 'one');
    mkdirSync(one, { recursive: true });
    writeFileSync(join(one, 'package.json'), '{}');
    const hidden = { packages: { 'node_modules/one': { version: '1.0.0' } } };
    writeFileSync(join(clone, 'node_modules', '.package-lock.json'), JSON.stringify(hidden));
    await ready(['--no-build']);
    expect(calls()).toEqual([]);
    rmSync(one, { recursive: true });
    rmSync(join(clone, 'node_modules', '.forgegate-ready'));
    await ready(['--no-build']);
    expect(calls()).toEqual([INSTALL]);
  });

  it('works once for several that start together, over the lock of a dead process', async () => {
    const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    writeFileSync(join(clone, '.ready.lock'), dead);
    await Promise.all([ready(), ready(), ready(), ready()]);
    expect(calls()).toEqual([INSTALL, 'nest build']);
    expect(existsSync(join(clone, '.ready.lock'))).toBe(false);
  });

  it('shows what npm said when it fails, and tries again the next time', async () => {
    await expect(ready([], { NPM_FAILS: '1' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /npm error unreachable[^]*could not be installed \(exit code 7\)/,
      ) as string,
    });
    calls();
    await ready();
    expect(calls()).toEqual([INSTALL, 'nest build']);
  });

  it('says that git is missing', async () => {
    await expect(ready([], { PATH: '/nonexistent' })).rejects.toMatchObject({
      stderr: expect.stringContaining('Forgegate needs git') as string,
    });
  });
});
