import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unfinishedFor } from './new-directory.js';
import { RepoRoot } from './repo-root.js';
import { VcsError } from './vcs.js';

let home: string;
let base: string;
let root: RepoRoot;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-root-'));
  base = join(home, 'repos');
  root = new RepoRoot(base);
  mkdirSync(base);
});
afterEach(() => rmSync(home, { recursive: true }));

const make = (...directories: string[]) => {
  for (const directory of directories) mkdirSync(join(base, directory), { recursive: true });
};
const makeGit = (name: string) => {
  make(`${name}/objects`, `${name}/refs`);
  writeFileSync(join(base, name, 'HEAD'), 'ref: refs/heads/main\n');
};

describe('a name', () => {
  it.each(['repo', 'group/repo', 'a/b/c', 'Ünï/ço de', '.dotted', 'a..b', '...', 'trailing.'])(
    '%j has a place',
    (name) => {
      expect(root.directory(name)).toBe(join(base, name));
    },
  );

  it.each([
    '',
    '.',
    '..',
    '/etc',
    'a//b',
    'a/',
    '../x',
    'a/../../x',
    'a/./b',
    'a\0b',
    'a\nb',
    'a\u009fb',
    'a\ud800',
    'repo/.hg/store',
    'repo/.GIT/hooks',
    'x'.repeat(256),
    'é'.repeat(128),
  ])('%j has none', (name) => {
    expect(() => root.directory(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
  });

  it('never leaves the root, whatever it is made of', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      '\0',
      '%2e%2e',
      '~',
      'a',
      'b.git',
      '.git',
      '\u2024',
      ' ',
    );
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 8 }).map((all) => all.join('/')),
    );
    fc.assert(
      fc.property(name, (text) => {
        let directory: string;
        try {
          directory = root.directory(text);
        } catch (error) {
          return error instanceof VcsError && error.code === 'INVALID_NAME';
        }
        return relative(base, directory) === text && !text.split('/').includes('..');
      }),
      { numRuns: 2_000 },
    );
  });

  it('cannot go through a link, wherever it leads', () => {
    make('inside');
    mkdirSync(join(home, 'outside'));
    symlinkSync(join(home, 'outside'), join(base, 'out'));
    symlinkSync(join(base, 'inside'), join(base, 'in'));
    symlinkSync(join(home, 'nowhere'), join(base, 'dangling'));
    for (const name of ['out', 'out/x', 'in/x', 'dangling', 'dangling/x']) {
      expect(() => root.directory(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
    }
  });

  it('may start at a link', () => {
    symlinkSync(base, join(home, 'link'));
    expect(new RepoRoot(join(home, 'link')).directory('a/b')).toBe(join(home, 'link', 'a', 'b'));
  });

  it('cannot lie inside a repository or a file', () => {
    makeGit('git');
    make('hg/.hg', 'tree/.git');
    writeFileSync(join(base, 'file'), '');
    for (const name of ['git/hooks', 'git/hooks/x', 'hg/sub', 'tree/sub', 'file/x']) {
      expect(() => root.directory(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }));
    }
    expect(root.directory('git')).toBe(join(base, 'git'));
  });

  it('has a place before the root exists', () => {
    expect(new RepoRoot(join(home, 'later')).directory('a/b')).toBe(join(home, 'later', 'a', 'b'));
  });
});

describe('the trash', () => {
  const now = new Date(2026, 0, 2, 3, 4, 5, 67);

  it('takes a directory beside its place', async () => {
    makeGit('group/repo');
    const trash = await root.moveToTrash('group/repo', now);
    expect(trash).toBe(join(base, 'group', 'rm__20260102_030405_067000__repo'));
    expect(readdirSync(join(base, 'group'))).toEqual(['rm__20260102_030405_067000__repo']);
    expect(existsSync(join(trash ?? '', 'HEAD'))).toBe(true);
  });

  it('keeps two of one name and moment apart', async () => {
    for (const expected of ['rm__20260102_030405_067000__x', 'rm__20260102_030405_067001__x']) {
      make('x');
      expect(await root.moveToTrash('x', now)).toBe(join(base, expected));
    }
  });

  it('has nothing to take where nothing is', async () => {
    expect(await root.moveToTrash('none', now)).toBeNull();
  });

  it('takes nothing from elsewhere', async () => {
    mkdirSync(join(home, 'outside'));
    for (const name of ['', '../outside', join(home, 'outside'), 'x/../../outside', '/']) {
      await expect(root.moveToTrash(name, now)).rejects.toMatchObject({ code: 'INVALID_NAME' });
    }
    expect(readdirSync(home).sort()).toEqual(['outside', 'repos']);
  });
});

describe('what a process that died was filling', () => {
  const beginning = (name: string) => unfinishedFor(join(base, name));

  it('is taken away for the one repository that is made anew', async () => {
    make('group/new', 'group/other');
    mkdirSync(`${beginning('group/new')}1`);
    mkdirSync(`${beginning('group/other')}2`);
    await root.clearUnfinished('group/new');
    expect(readdirSync(join(base, 'group')).sort()).toEqual([basename(`${beginning('other')}2`), 'other']);
  });

  it('is never a repository', async () => {
    makeGit('new');
    await root.clearUnfinished('new');
    expect(root.isFilled('new')).toBe(true);
  });

  it('is swept away everywhere but for repositories that are still being made', async () => {
    make('group');
    makeGit('repo');
    for (const name of ['group/kept', 'group/gone', 'gone']) mkdirSync(`${beginning(name)}1`);
    make(`repo/${basename(beginning('inside'))}`);
    expect(await root.sweepUnfinished(() => Promise.resolve(['group/kept', 'new']))).toBe(2);
    expect(readdirSync(base).sort()).toEqual(['group', 'repo']);
    expect(readdirSync(join(base, 'group'))).toEqual([basename(`${beginning('kept')}1`)]);
    expect(readdirSync(join(base, 'repo'))).toContain(basename(beginning('inside')));
  });
});

describe('moving', () => {
  it('brings a directory to a new place, whose parents it makes', async () => {
    makeGit('old');
    await root.move(join(base, 'old'), join(base, 'new', 'group', 'name'));
    expect(readdirSync(base)).toEqual(['new']);
    expect(existsSync(join(base, 'new', 'group', 'name', 'HEAD'))).toBe(true);
  });

  it('overwrites nothing, not even an empty directory', async () => {
    makeGit('from');
    make('to');
    const moved = root.move(join(base, 'from'), join(base, 'to'));
    await expect(moved).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
    expect(readdirSync(base).sort()).toEqual(['from', 'to']);
  });

  it('lets one of two at the same time win', async () => {
    make('one', 'two');
    const moves = ['one', 'two'].map((name) => root.move(join(base, name), join(base, 'target')));
    const outcomes = (await Promise.allSettled(moves)).map(({ status }) => status);
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    expect(readdirSync(base)).toHaveLength(2);
  });

  it('refuses what is not there, and a place inside of itself', async () => {
    make('a');
    const [a, b] = [join(base, 'a'), join(base, 'b')];
    await expect(root.move(b, join(base, 'c'))).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
    await expect(root.move(a, join(a, 'b'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(root.move(a, join(home, 'b'))).rejects.toMatchObject({ code: 'INVALID_NAME' });
    expect(readdirSync(base)).toEqual(['a']);
  });
});

describe('a scan', () => {
  const scan = async () => {
    const found: string[] = [];
    for await (const { name, type } of root.scan()) found.push(`${type} ${name}`);
    return found;
  };

  it('finds repositories at every depth, in order', async () => {
    makeGit('z');
    makeGit('group/sub/git');
    make('group/hg/.hg', 'empty/group');
    expect(await scan()).toEqual(['hg group/hg', 'git group/sub/git', 'git z']);
  });

  it('finds a packed repository and descends into what only looks like one', async () => {
    make('packed/objects', 'almost/objects/x', 'almost/refs');
    for (const file of ['packed/HEAD', 'packed/packed-refs']) writeFileSync(join(base, file), '');
    makeGit('almost/inner');
    expect(await scan()).toEqual(['git almost/inner', 'git packed']);
  });

  it('passes over trash, dot directories, work trees and links', async () => {
    makeGit('rm__20260102_030405_067000__repo');
    makeGit('.hidden/repo');
    makeGit('.forgegate-new-1');
    make('tree/.git');
    makeGit('tree/sub');
    mkdirSync(join(home, 'outside', '.hg'), { recursive: true });
    symlinkSync(join(home, 'outside'), join(base, 'link'));
    make('linked');
    symlinkSync(join(home, 'outside', '.hg'), join(base, 'linked', '.hg'));
    makeGit('kept');
    expect(await scan()).toEqual(['git kept']);
  });

  it('looks into no repository', async () => {
    makeGit('outer');
    makeGit('outer/inner');
    expect(await scan()).toEqual(['git outer']);
  });

  it('finds nothing without a root', async () => {
    rmSync(base, { recursive: true });
    expect(await scan()).toEqual([]);
  });
});
