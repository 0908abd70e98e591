import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { loadMasterKeys } from './master-key.js';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fg-key-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function settings(env: Record<string, string> = {}) {
  return loadSettings({ env: { FORGEGATE_HOME: home, ...env } });
}

describe('the master key', () => {
  it('is the same for all who start at once, and readable by its owner only', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKeys(settings())));
    expect(new Set(keys.map(([key]) => key.toString('hex'))).size).toBe(1);
    expect(keys[0]?.map((key) => key.length)).toEqual([32]);
    expect(statSync(join(home, 'master.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['master.key']);
    expect(await loadMasterKeys(settings())).toEqual(keys[0]);
  });

  it('can be given in hexadecimal or base64', async () => {
    const key = Buffer.alloc(32, 7);
    expect(await loadMasterKeys(settings({ FORGEGATE_MASTER_KEY: key.toString('hex') }))).toEqual([key]);
    expect(await loadMasterKeys(settings({ FORGEGATE_MASTER_KEY: key.toString('base64') }))).toEqual([key]);
    expect(readdirSync(home)).toEqual([]);
  });

  it('may have older ones behind it, in the file and in the setting', async () => {
    const keys = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
    const words = keys.map((key) => key.toString('base64'));
    expect(await loadMasterKeys(settings({ FORGEGATE_MASTER_KEY: words.join(',') }))).toEqual(keys);
    writeFileSync(join(home, 'master.key'), `${words.join('\n')}\n`);
    expect(await loadMasterKeys(settings())).toEqual(keys);
  });

  it('is not invented when a file was named that is missing', async () => {
    const named = settings({ FORGEGATE_MASTER_KEY_FILE: join(home, 'elsewhere') });
    await expect(loadMasterKeys(named)).rejects.toThrow('there is no such file');
  });

  it('is refused when its file holds something else', async () => {
    writeFileSync(join(home, 'master.key'), 'short');
    await expect(loadMasterKeys(settings())).rejects.toThrow('must hold 32 bytes');
  });
});
