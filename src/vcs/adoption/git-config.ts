import { notAdoptable } from './adoption.js';

/** One setting, as `git config --list --null` prints it: the key in small letters, null without a value. */
export type Setting = readonly [key: string, value: string | null];

/** What a repository may decide for itself: facts about its storage, and rules of its owner for pushes. */
const KEPT = new Set([
  'core.filemode',
  'core.ignorecase',
  'core.logallrefupdates',
  'core.precomposeunicode',
  'core.symlinks',
  'extensions.preciousobjects',
  'receive.denydeletecurrent',
  'receive.denydeletes',
  'receive.denynonfastforwards',
]);
/** Extensions that change nothing in how a repository without work trees is stored. */
const DISPENSABLE = new Set(['extensions.noop', 'extensions.worktreeconfig']);
const WORD = /^[a-z0-9-]{1,20}$/i;

/** Reads the output of `git config --list --null`. */
export function parseSettings(output: string): Setting[] {
  return output
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry): Setting => {
      const end = entry.indexOf('\n');
      return end === -1 ? [entry, null] : [entry.slice(0, end), entry.slice(end + 1)];
    });
}

/**
 * The configuration with which a repository is taken in: what could name a program, an address or another file is not
 * in it.
 * @throws VcsError INVALID_SOURCE when it is stored in a way that we could not read without its own configuration
 */
export function allowedConfig(settings: readonly Setting[]): string {
  const kept = new Map<string, string>();
  for (const [key, value] of settings) {
    if (key.startsWith('extensions.')) requireKnown(key, value);
    if (KEPT.has(key) && (value === null || WORD.test(value))) kept.set(key, value ?? 'true');
  }
  const hasExtensions = [...kept.keys()].some((key) => key.startsWith('extensions.'));
  const entries: [string, string][] = [
    ['core.repositoryformatversion', hasExtensions ? '1' : '0'],
    ['core.bare', 'true'],
    ...kept,
  ];
  return written(entries);
}

function requireKnown(key: string, value: string | null): void {
  if (KEPT.has(key) || DISPENSABLE.has(key)) return;
  if (key === 'extensions.objectformat') {
    if (value?.toLowerCase() === 'sha1') return;
    throw notAdoptable('SHA-256 repositories are not supported');
  }
  if (key === 'extensions.partialclone')
    throw notAdoptable('it is a partial clone, and a part of its objects lies elsewhere');
  const name = key.slice('extensions.'.length).replace(/[^a-z0-9.-]/g, '?');
  throw notAdoptable(`it uses the git extension \`${name}\`, which is not supported`);
}

function written(entries: readonly (readonly [string, string])[]): string {
  return ['core', 'extensions', 'receive']
    .map((section) => {
      const own = entries.filter(([key]) => key.startsWith(`${section}.`));
      const lines = own.map(([key, value]) => `\t${key.slice(section.length + 1)} = ${value}\n`);
      return lines.length === 0 ? '' : `[${section}]\n${lines.join('')}`;
    })
    .join('');
}
