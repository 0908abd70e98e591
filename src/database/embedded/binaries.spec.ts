import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usableBinaries } from './binaries.js';
import { findDistribution, type Distribution } from './distribution.js';

let root: string;
let distribution: Distribution;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fg-binaries-'));
  chmodSync(root, 0o755);
  const native = join(root, 'package', 'native');
  for (const folder of ['bin', 'lib', 'share']) mkdirSync(join(native, folder), { recursive: true });
  writeFileSync(join(native, 'bin', 'postgres'), 'program', { mode: 0o755 });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library', { mode: 0o600 });
  distribution = { native, label: '1-test', links: new Map([['libpq.so.5', 'libpq.so.5.18']]) };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the binaries', () => {
  it('are used where npm put them, with their library links made', async () => {
    expect(await usableBinaries(distribution, false, join(root, 'cache'))).toBe(distribution.native);
    expect(readlinkSync(join(distribution.native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
    expect(readdirSync(root)).toEqual(['package']);
  });

  it('are copied once, readable by all, when another user cannot get at them', async () => {
    chmodSync(join(root, 'package'), 0o700);
    const cache = join(root, 'cache');
    const places = await Promise.all([1, 2, 3].map(() => usableBinaries(distribution, true, cache)));
    expect(new Set(places)).toEqual(new Set([join(cache, 'postgresql-1-test')]));
    expect(readdirSync(cache)).toEqual(['postgresql-1-test']);
    const copy = places[0] ?? '';
    expect(statSync(copy).mode & 0o777).toBe(0o755);
    expect(statSync(join(copy, 'bin', 'postgres')).mode & 0o777).toBe(0o755);
    expect(statSync(join(copy, 'lib', 'libpq.so.5.18')).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(copy, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
    expect(statSync(join(distribution.native, 'lib', 'libpq.so.5.18')).mode & 0o777).toBe(0o600);
  });

  it('say what to do where there are none', async () => {
    await expect(findDistribution('sunos', 'sparc')).rejects.toThrow(/for sunos-sparc .* Set DATABASE_URL/);
  });
});
