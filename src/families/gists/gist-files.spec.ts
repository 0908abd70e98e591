import { describe, expect, it } from 'vitest';
import { checkSize, GistFilesError, MAX_FILES, MAX_TOTAL_BYTES, readFiles } from './gist-files.js';

const named = (name: string) => readFiles({ [name]: { content: 'x' } }, false);

describe('the files of a gist', () => {
  it('are texts by name; other members mean nothing', () => {
    const files = readFiles({ 'a.py': { content: 'ü\0', lexer: null }, 'b c': { content: '' } }, false);
    expect([...files]).toEqual([
      ['a.py', Buffer.from('ü\0')],
      ['b c', Buffer.alloc(0)],
    ]);
  });

  it('have names without a way, a control directory or anything unseen', () => {
    const wrong = [
      '',
      '  ',
      '.',
      '..',
      'a/b',
      '/etc/passwd',
      '../x',
      'a\\b',
      'a\0b',
      'a\nb',
      'a\u202eb',
      '\ud800',
    ];
    const control = ['.git', '.GIT', '.git.', '.git ', 'git~1', '.hg', 'x'.repeat(256), 'ü'.repeat(128)];
    for (const name of [...wrong, ...control]) expect(() => named(name)).toThrow(GistFilesError);
    for (const name of ['.gitignore', '...', 'ü.txt', '__proto__', 'constructor', '-rf', 'x'.repeat(255)]) {
      expect([...named(name).keys()]).toEqual([name]);
    }
  });

  it('need a content, unless they shall go', () => {
    for (const file of [null, 'text', 1, [], {}, { content: 1 }, { content: null }]) {
      expect(() => readFiles({ a: file }, false)).toThrow('content');
    }
    expect(readFiles({ a: null }, true).get('a')).toBeNull();
  });

  it('are limited in number and size', () => {
    expect(() => checkSize(0, 0)).toThrow('at least one');
    expect(() => checkSize(MAX_FILES, MAX_TOTAL_BYTES)).not.toThrow();
    expect(() => checkSize(MAX_FILES + 1, 1)).toThrow('files at most');
    expect(() => checkSize(1, MAX_TOTAL_BYTES + 1)).toThrow('bytes at most');
  });
});
