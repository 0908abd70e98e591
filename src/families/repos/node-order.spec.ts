import { describe, expect, it } from 'vitest';
import { orderedNodes } from './node-order.js';

const tree = {
  directories: ['d/e', 'd', 'd.x', 'd/a', 'd/e/z'],
  files: ['z', 'd/e/f', 'd/b', 'd.x/1', 'd/e/z/deep', 'a', 'd/a/q'],
};
const names = (kind: 'all' | 'dirs' | 'files', root = '') =>
  orderedNodes(tree, root, kind).map(({ name, type }) => `${type} ${name}`);

describe('the nodes of a repository', () => {
  const dirs = ['dir d', 'dir d.x', 'dir d/a', 'dir d/e', 'dir d/e/z'];
  const files = ['file a', 'file z', 'file d/b', 'file d/a/q', 'file d/e/f', 'file d/e/z/deep', 'file d.x/1'];

  it('come directories first, each before those below it', () => {
    expect(names('dirs')).toEqual(dirs);
    expect(names('files')).toEqual(files);
    expect(names('all')).toEqual([...dirs, ...files]);
  });

  it('begin below the root that is asked for', () => {
    const below = {
      directories: ['d/e', 'd/a', 'd/e/z'],
      files: ['d/e/f', 'd/b', 'd/e/z/deep', 'd/a/q'],
    };
    expect(orderedNodes(below, 'd', 'all').map(({ name }) => name)).toEqual([
      'd/a',
      'd/e',
      'd/e/z',
      'd/b',
      'd/a/q',
      'd/e/f',
      'd/e/z/deep',
    ]);
  });

  it('are sorted by code point', () => {
    const odd = ['\u{1f600}', '\uffee', 'ü', 'Z', 'a', 'aa', 'a\u{1f600}', 'a\uffee'];
    const sorted = orderedNodes({ directories: [], files: odd }, '', 'files').map(({ name }) => name);
    expect(sorted).toEqual(['Z', 'a', 'aa', 'a\uffee', 'a\u{1f600}', 'ü', '\uffee', '\u{1f600}']);
  });

  it('may lie very deep', () => {
    const paths = Array.from({ length: 5_000 }, (_, depth) =>
      Array(depth + 1)
        .fill('x')
        .join('/'),
    );
    const nodes = orderedNodes({ directories: paths, files: [`${paths.at(-1)}/f`] }, '', 'all');
    expect(nodes).toHaveLength(5_001);
  });
});
