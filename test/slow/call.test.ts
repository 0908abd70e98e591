import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

let gateway: TestGateway;
let home: string;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.call('create_repo', { repo_name: 'myrepo', repo_type: 'git', description: 'Grüße' });
});
afterAll(() => gateway?.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-home-'));
  folder = join(home, 'work');
  mkdirSync(folder);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A program of `bin/`, as a shell starts it. */
function run(program: string, args: readonly string[], input = '', cwd = folder): Promise<Outcome> {
  const script = fileURLToPath(new URL(`../../bin/${program}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: home },
  });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (outcome.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (outcome.stderr += chunk.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...outcome, code })));
}

const call = (...args: string[]) => run('kallithea-api', args);
const access = () => [`--apihost=${gateway.url}`, `--apikey=${gateway.adminKey}`];
const userFile = () => join(home, '.config', 'kallithea');
const mode = (path: string) => statSync(path).mode & 0o777;

describe('kallithea-api', () => {
  it('answers as the documents of 2016 and 2019 print it', async () => {
    const refused = await call(...access(), 'get_repo');
    expect(refused.stdout).toBe(
      `Calling method get_repo => ${gateway.url}\nServer response\n` +
        'ERROR:"Missing non optional `repoid` arg in JSON DATA"\n',
    );
    const { stdout, code } = await call(...access(), 'get_repo', 'repoid:myrepo');
    const [calling, response, ...json] = stdout.split('\n');
    expect([calling, response]).toEqual([`Calling method get_repo => ${gateway.url}`, 'Server response']);
    expect(json.slice(0, 2)).toEqual(['{', '    "clone_uri": null,']);
    expect(json).toContain('    "description": "Gr\\u00fc\\u00dfe",');
    const members = JSON.parse(json.join('\n')) as object;
    expect(Object.keys(members)).toEqual(Object.keys(members).toSorted());
    expect(code).toBe(0);
  });

  it('prints nothing but the result, or the error, with --format=json', async () => {
    const { stdout } = await call(...access(), '--format=json', 'get_repo', 'repoid:myrepo');
    expect(stdout).toMatch(/^\{"repo_id": \d+, "repo_name": "myrepo", "repo_type": "git", /);
    expect(stdout.split('\n')).toHaveLength(2);
    const refused = await call(...access(), '--format', 'json', 'get_repo', 'repoid:nowhere');
    expect(refused.stdout).toBe('"repository `nowhere` does not exist"\n');
  });

  it('ends with 1 when the gateway refuses, with 0 as the old tool when --compat is given', async () => {
    expect((await call(...access(), 'get_repo', 'repoid:nowhere')).code).toBe(1);
    expect((await call(...access(), '--compat', 'get_repo', 'repoid:nowhere')).code).toBe(0);
  });

  it('understands the words of old scripts', async () => {
    const created = await call(
      ...access(),
      ...'create_user username:bent email:bent@example.com firstname:Bent lastname:Bentsen'.split(' '),
      'extern_type:ldap',
      'extern_name:uid=bent,dc=example,dc=com',
      'active:False',
    );
    expect(created.stdout).toContain('"msg": "created new user `bent`"');
    expect(await gateway.call('get_user', { userid: 'bent' })).toMatchObject({
      active: false,
      lastname: 'Bentsen',
    });
    expect((await call(...access(), 'rescan_repos', 'remove_obsolete:TRUE')).code).toBe(0);
  });

  it('keeps address and key for its owner alone', async () => {
    const saved = await call('--save-config', ...access());
    expect(saved).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(userFile(), 'utf8')).toBe(
      `{\n    "apikey": "${gateway.adminKey}",\n    "apihost": "${gateway.url}"\n}\n`,
    );
    expect(mode(userFile())).toBe(0o600);
    expect((await call('get_repo', 'repoid:myrepo')).code).toBe(0);
    chmodSync(userFile(), 0o644);
    const open = await call('get_repo', 'repoid:myrepo');
    expect(open.stderr).toBe(`Others may read the API key in ${userFile()}: chmod 600 ${userFile()}\n`);
    await call('--save-config', ...access());
    expect(mode(userFile())).toBe(0o600);
  });

  it('works as in 2014: _create_config writes .config, which goes before the other file', async () => {
    const made = await call('_create_config', ...access());
    expect(made).toMatchObject({ code: 0, stdout: '' });
    expect(mode(join(folder, '.config'))).toBe(0o600);
    mkdirSync(join(home, '.config'));
    writeFileSync(userFile(), '{"apikey": "another", "apihost": "http://127.0.0.1:9"}', { mode: 0o600 });
    expect((await call('get_repo', 'repoid:myrepo')).code).toBe(0);
    expect((await run('kallithea-api', ['get_repo', 'repoid:myrepo'], '', home)).stderr).toContain(
      'http://127.0.0.1:9 cannot be reached',
    );
  });

  it('sends the key of one file to no host of another', async () => {
    await call('--save-config', ...access());
    let reached = false;
    const server = createServer((_, response) => {
      reached = true;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(folder, '.config'), JSON.stringify({ apihost: `http://127.0.0.1:${port}` }), {
      mode: 0o600,
    });
    const refused = await call('get_repo', 'repoid:myrepo');
    server.close();
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No API key: give/),
    });
    expect(reached).toBe(false);
  });

  it('takes the key from a file or from standard input, so that no list of processes shows it', async () => {
    const host = `--apihost=${gateway.url}`;
    writeFileSync(join(folder, 'key'), `${gateway.adminKey}\n`);
    expect((await call(host, '--apikey-file', 'key', 'get_repo', 'repoid:myrepo')).code).toBe(0);
    const piped = await run(
      'kallithea-api',
      [host, '--apikey-file=-', 'get_repo', 'repoid:myrepo'],
      gateway.adminKey,
    );
    expect(piped.code).toBe(0);
  });

  it('says in a sentence what is wrong', async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await call(...args);
      expect(code).toBe(1);
      return stderr.trim();
    };
    expect(await wrong('get_repo')).toMatch(/^No API key: give/);
    expect(await wrong('--apikey=k', 'get_repo')).toMatch(/^No address: give --apihost/);
    expect(await wrong('--apikey=k', '--apihost=forge', 'get_repo')).toContain('must begin with http://');
    expect(await wrong('--apikey=k', '--apihost=http://127.0.0.1:9', 'get_repo')).toContain(
      'cannot be reached',
    );
    expect(await wrong(...access(), 'get_repo', 'myrepo')).toContain('"myrepo" is no argument');
    expect(await wrong('--apikey=k', `--apihost=${gateway.url}/elsewhere`, 'get_repo')).toContain(
      'without JSON',
    );
    writeFileSync(join(folder, '.config'), 'apikey=k', { mode: 0o600 });
    expect(await wrong('get_repo')).toContain('is no JSON file');
  });
});

describe('forgegate', () => {
  it('calls under its own name as well', async () => {
    const { stdout, code } = await run('forgegate', ['call', ...access(), 'get_repo', 'repoid:myrepo']);
    expect(stdout).toMatch(/^Calling method get_repo => .*\nServer response\n\{\n/);
    expect(code).toBe(0);
  });

  it('explains a method from its contract, by older names too, without a gateway', async () => {
    const { stdout, code } = await run('forgegate', ['call', 'show_ip', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^get_ip: Show the caller's address/);
    expect(stdout).toContain('Needs: super admin (`hg.admin`)');
    expect(stdout).toContain('Also called: show_ip');
    expect(stdout).toMatch(/^ {2}userid:<integer or string> {2}/m);
    const create = await run('forgegate', ['call', 'create_repo', '-h']);
    expect(create.stdout).toMatch(/^ {2}repo_name:<string> +required; full name/m);
    expect(create.stdout).toMatch(/^ {2}repo_type:<git\|hg> /m);
    expect(create.stdout).toMatch(/^ {2}forgegate call create_repo repo_name:/m);
    const general = await run('forgegate', ['call', '--help']);
    expect(general.stdout).toMatch(/^ {2}gists: create_gist delete_gist get_gist/m);
  });

  it('completes methods and their arguments in bash', async () => {
    const { stdout: script } = await run('forgegate', ['completion', 'bash']);
    const complete = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ');
      const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _forgegate; echo "\${COMPREPLY[@]}"`;
      return shell('bash', `${script}\n${ask}`);
    };
    expect(await complete('forgegate', 'ca')).toBe('call');
    expect(await complete('forgegate', 'call', 'get_gis')).toBe('get_gist get_gists');
    expect(await complete('kallithea-api', '--compat', 'get_gis')).toBe('get_gist get_gists');
    expect(await complete('forgegate', 'call', 'create_gist', 'gist')).toBe('gist_type:');
    expect(await complete('forgegate', 'key', 'get_')).toBe('');
  });

  it('prints scripts for zsh and fish with the same names', async () => {
    const zsh = await run('forgegate', ['completion', 'zsh']);
    expect(zsh.stdout).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/);
    const fish = await run('forgegate', ['completion', 'fish']);
    expect(fish.stdout).toMatch(/^complete -c kallithea-api .* -a '.*\bget_repo\b/m);
    expect(fish.stdout).toContain("__fish_seen_subcommand_from get_gist' -a 'gistid:");
    expect((await run('forgegate', ['completion', 'tcsh'])).code).toBe(1);
  });
});

describe('kallithea-gist', () => {
  it('makes a gist of files', async () => {
    writeFileSync(join(folder, 'hello.py'), 'print("hello")\n');
    const { stdout, code } = await run('kallithea-gist', [...access(), '-d', 'How to greet', 'hello.py']);
    expect(stdout).toMatch(/^Created public gist http:\/\/gateway\.test\/_admin\/gists\/\d+\n$/);
    expect(code).toBe(0);
    const gistid = stdout.trim().replace(/.*\//, '');
    expect(await gateway.call('get_gist', { gistid, content: true })).toMatchObject({
      description: 'How to greet',
      expires: -1,
      content: { 'hello.py': 'print("hello")\n' },
    });
  });

  it('makes one of what comes through a pipe', async () => {
    const args = [...access(), '--private', '-f', 'dmesg.txt', '-l', '60', '--format=json'];
    const { stdout } = await run('kallithea-gist', args, 'all is well\n');
    const { gist } = JSON.parse(stdout) as { gist: { type: string; access_id: string; expires: number } };
    expect(gist.type).toBe('private');
    expect(gist.expires).toBeGreaterThan(Date.now() / 1000);
    expect(await gateway.call('get_gist', { gistid: gist.access_id, content: true })).toHaveProperty(
      'content',
      {
        'dmesg.txt': 'all is well\n',
      },
    );
  });

  it('ends with 1 when the gateway refuses', async () => {
    const { stdout, code } = await run('kallithea-gist', [...access(), '-l', 'soon'], 'x');
    expect(stdout).toMatch(/^ERROR:"/);
    expect(code).toBe(1);
    expect(existsSync(userFile())).toBe(false);
  });
});

function shell(program: string, script: string): Promise<string> {
  const child = spawn(program, ['--norc', '-s'], { env: { PATH: process.env.PATH } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(script);
  return new Promise((resolve) => child.on('close', () => resolve(output.trim())));
}
