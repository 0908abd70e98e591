import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSettings, settingsReference } from './describe-settings.js';
import { loadSettings } from './load-settings.js';
import { SettingsError } from './settings-error.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fg-settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function load(env: Record<string, string> = {}, yaml?: string) {
  if (yaml !== undefined) writeFileSync(join(home, 'forgegate.yaml'), yaml);
  return loadSettings({ env: { FORGEGATE_HOME: home, ...env }, folder: '/somewhere' });
}

function problemsOf(env: Record<string, string>, yaml?: string): readonly string[] {
  try {
    load(env, yaml);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loading the settings', () => {
  it('has a default for everything', () => {
    const settings = load();
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 5000,
      databaseUrl: null,
      home,
      repoRoot: join(home, 'repos'),
      publicUrl: 'http://127.0.0.1:5000',
      adminUsername: 'admin',
      masterKeyFile: join(home, 'master.key'),
      dialect: 'kallithea',
      maxBodyBytes: 10_485_760,
      deliveryTimeoutMs: 15_000,
      deliveryRetryScheduleS: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    });
    expect([...settings.roles]).toEqual(['api', 'delivery', 'jobs']);
  });

  it('puts the home below the working folder when nothing names it', () => {
    expect(loadSettings({ env: {}, folder: home }).home).toBe(join(home, '.forgegate'));
  });

  it('takes the environment before the file and the file before the default', () => {
    const settings = load({ PORT: '7000' }, 'port: 6000\nhost: 0.0.0.0\n');
    expect([settings.port, settings.host, settings.retentionDays]).toEqual([7000, '0.0.0.0', 30]);
    expect(settings.publicUrl).toBe('http://localhost:7000');
    const sources = new Map(describeSettings(settings).map((row) => [row.name, row.source]));
    expect(
      ['PORT', 'HOST', 'FORGEGATE_RETENTION_DAYS', 'FORGEGATE_HOME'].map((name) => sources.get(name)),
    ).toEqual(['env', 'file', 'default', 'env']);
  });

  it('reads lists of the file and comma lists of the environment alike', () => {
    const yaml = 'roles: [api, jobs]\ndelivery_retry_schedule_s:\n  - 1\n  - 60\nplugins_strict: yes\n';
    const settings = load({ FORGEGATE_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/8, 127.0.0.1, ::1' }, yaml);
    expect(settings.allowPrivateNetworks).toEqual(['10.0.0.0/8', '127.0.0.1/32', '::1/128']);
    expect([...settings.roles]).toEqual(['api', 'jobs']);
    expect(settings.deliveryRetryScheduleS).toEqual([1, 60]);
    expect(settings.pluginsStrict).toBe(true);
  });

  it('takes relative paths of the environment from the working folder and those of the file from its folder', () => {
    const settings = load({ FORGEGATE_REPO_ROOT: 'repos' }, 'plugins_dir: ./extra\n');
    expect(settings.repoRoot).toBe('/somewhere/repos');
    expect(settings.pluginsDir).toBe(join(home, 'extra'));
  });

  it('counts an empty variable and an empty line of the file as not set', () => {
    expect(load({ PORT: '', FORGEGATE_DIALECT: ' ' }, 'host:\n')).toMatchObject({
      port: 5000,
      dialect: 'kallithea',
      host: '127.0.0.1',
    });
  });

  it('takes the socket form of a database URL', () => {
    const url = 'postgres://forgegate@/forgegate?host=%2Frun%2Fdb';
    expect(load({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it('cannot be changed afterwards', () => {
    const settings = load({ FORGEGATE_PLUGINS: 'a,b' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.plugins)).toBe(true);
    expect(Object.isFrozen(settings.deliveryRetryScheduleS)).toBe(true);
  });
});

describe('refusing settings', () => {
  it.each([
    [{ PORT: 'http' }, 'PORT is `http`, but must be a whole number from 0 to 65535'],
    [{ PORT: '70000' }, 'PORT is `70000`, but must be a whole number from 0 to 65535'],
    [{ FORGEGATE_LOG_LEVEL: 'loud' }, 'one of trace, debug, info, warn, error, fatal, silent'],
    [{ FORGEGATE_ROLES: 'api,cook' }, 'each one of api, delivery, jobs'],
    [{ FORGEGATE_ROLES: ',' }, 'FORGEGATE_ROLES is `,`'],
    [{ FORGEGATE_PUBLIC_URL: 'code.example.com' }, 'a URL that begins with http:// or https://'],
    [{ FORGEGATE_TRUSTED_PROXIES: '10.0.0.0/33' }, 'a network such as 10.0.0.0/8'],
    [{ FORGEGATE_TRUSTED_PROXIES: '10.1' }, 'a network such as 10.0.0.0/8'],
    [{ FORGEGATE_DELIVERY_TIMEOUT_MS: '15s' }, 'from 100 to 300000 (milliseconds)'],
    [{ FORGEGATE_PLUGINS_STRICT: 'maybe' }, 'true or false'],
    [{ FORGEGATE_ADMIN_USERNAME: 'default' }, 'that is not `default`'],
    [{ DATABASE_URL: 'mysql://host/db' }, 'DATABASE_URL is `mysql://host/db`, but must be postgres://'],
    [{ FORGEGATE_CORS_ORIGINS: 'https://a.example/path' }, 'an origin such as'],
    [{ HOST: '127.0.0.1:5000' }, 'without a port'],
  ])('says of %o what is wrong and what is allowed', (env, expected) => {
    const problems = problemsOf(env as unknown as Record<string, string>);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('names the nearest setting for an unknown variable and an unknown key', () => {
    expect(problemsOf({ FORGEGATE_DELIVERY_TIMEOUT: '1' }, 'retention_day: 3\nhome: /x\n')).toEqual([
      'FORGEGATE_DELIVERY_TIMEOUT is not a setting; the nearest one is FORGEGATE_DELIVERY_TIMEOUT_MS',
      `retention_day in ${home}/forgegate.yaml is not a setting; the nearest one is retention_days`,
      `home in ${home}/forgegate.yaml has no meaning: it decides where that file is. Set FORGEGATE_HOME`,
    ]);
  });

  it('reports everything at once', () => {
    const problems = problemsOf({ PORT: 'x', HOST: '#' }, 'dialect: latin\nmail_from: {a: b}\n');
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).toContain(`dialect in ${home}/forgegate.yaml is \`latin\``);
    expect(problems.join('\n')).toContain('mail_from in');
    expect(problems.join('\n')).toContain('a mapping');
  });

  it('never repeats a secret', () => {
    const problems = problemsOf({
      FORGEGATE_ADMIN_API_KEY: 'hunter2',
      FORGEGATE_MASTER_KEY: 'swordfish',
      FORGEGATE_SMTP_URL: 'http://me:pass@host',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toMatch(/hunter2|swordfish|pass@/);
  });

  it('names the line of a file that is no YAML', () => {
    expect(problemsOf({}, 'host: [1\nport: 3\n').join()).toMatch(/forgegate\.yaml: .*line 2/);
    expect(problemsOf({}, '- port\n').join()).toContain('must be a list of lines such as');
  });

  it('refuses a key twice over', () => {
    const problems = problemsOf({ FORGEGATE_MASTER_KEY: 'a'.repeat(64), FORGEGATE_MASTER_KEY_FILE: '/x' });
    expect(problems).toEqual([
      'FORGEGATE_MASTER_KEY and FORGEGATE_MASTER_KEY_FILE are both set; set one of them',
    ]);
  });
});

describe('describing the settings', () => {
  it('hides secrets and the passwords of URLs', () => {
    const settings = load({
      FORGEGATE_MASTER_KEY: 'a'.repeat(64),
      DATABASE_URL: 'postgres://me:pa:s@s@db.example/forgegate?sslmode=require&password=again',
      FORGEGATE_EGRESS_PROXY: 'http://proxy:secret@10.0.0.1:3128',
    });
    const rows = new Map(describeSettings(settings).map((row) => [row.name, row.value]));
    expect(rows.get('FORGEGATE_MASTER_KEY')).toBe('********');
    expect(rows.get('FORGEGATE_ADMIN_API_KEY')).toBe('');
    expect(rows.get('DATABASE_URL')).toBe(
      'postgres://me:****@db.example/forgegate?sslmode=require&password=****',
    );
    expect(rows.get('FORGEGATE_EGRESS_PROXY')).toBe('http://proxy:****@10.0.0.1:3128');
    expect(rows.get('FORGEGATE_ROLES')).toBe('api,delivery,jobs');
  });

  it('has a meaning and a default for each, in the environment and in the file', () => {
    const reference = settingsReference();
    expect(reference.every((row) => row.meaning && row.allowed && row.fallback)).toBe(true);
    expect(reference.find((row) => row.env === 'FORGEGATE_DELIVERY_TIMEOUT_MS')).toMatchObject({
      fileKey: 'delivery_timeout_ms',
      fallback: '15000',
    });
    expect(reference.find((row) => row.env === 'FORGEGATE_HOME')?.fileKey).toBeNull();
  });
});
