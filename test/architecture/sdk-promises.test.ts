import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { REMEDIES } from '../../src/plugin-host/remedies.js';
import { definePlugin, SDK_VERSION } from '../../src/sdk/index.js';
import { conformance } from '../../src/sdk/testing/index.js';

const root = new URL('../..', import.meta.url).pathname;
const folders = ['src/sdk', 'src/plugin-testing'];
const deprecations = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(root, folder, name), 'utf8');
      return [...text.matchAll(/@deprecated([^*]*)/g)].map(([, words = '']) => ({
        name,
        words: words.trim(),
      }));
    }),
);

describe('what authors are promised', () => {
  it('has a line in the changelog for this version of the plugin API', () => {
    const [, authors = ''] = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split('### For plugin authors');
    expect(authors).toContain(`SDK ${SDK_VERSION}`);
  });

  it('explains in the guide every code that a plugin is refused with, as `forgegate doctor` does', () => {
    const guide = readFileSync(join(root, 'plugins/README.md'), 'utf8');
    const thrown = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name.startsWith('plugin-'))
      .flatMap((name) => [
        ...readFileSync(join(root, 'src', name), 'utf8').matchAll(/PluginRefusal\(\s*'([A-Z_]+)'/g),
      ])
      .map(([, code = '']) => code);
    expect(thrown.length).toBeGreaterThan(10);
    for (const code of new Set([...thrown, ...Object.keys(REMEDIES)])) {
      expect(guide).toContain(`\`${code}\``);
      expect(REMEDIES[code], code).toBeTruthy();
    }
  });

  it('warns whoever runs what is deprecated', async () => {
    const warned = once(process, 'warning') as Promise<[Error]>;
    conformance({ plugin: definePlugin({ setup: () => undefined }), adapter: 'x', endpoint: {} });
    const [{ name, message }] = await warned;
    expect([name, message]).toEqual(['DeprecationWarning', expect.stringContaining('adapterConformance')]);
  });

  it('names the version since which something is deprecated, and what to use instead', () => {
    for (const { name, words } of deprecations) {
      const [, since = ''] = /^since (\d+\.\d+\.\d+): \S/.exec(words) ?? [];
      expect(semver.valid(since), `${name}: @deprecated ${words}`).not.toBeNull();
      expect(semver.lte(since, SDK_VERSION), `${name}: since ${since}`).toBe(true);
    }
  });
});
