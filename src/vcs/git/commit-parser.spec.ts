import { describe, expect, it } from 'vitest';
import { parseCommit } from './commit-parser.js';

const parents = ['a'.repeat(40), 'b'.repeat(40)];
const raw = (author: string, rest: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(
    `tree ${'c'.repeat(40)}\n${parents.map((id) => `parent ${id}\n`).join('')}author ${author} 1700000000 +0200\n` +
      `committer Con <c@x> 1700000100 -0330\n${rest}`,
    encoding,
  );

describe('a commit object', () => {
  it('gives parents, author, time of the committer and the whole message', () => {
    expect(parseCommit(raw('Zoë <z@x>', '\nsubject\n\nbody\n'))).toEqual({
      parents,
      author: 'Zoë <z@x>',
      date: 1_700_000_100,
      message: 'subject\n\nbody\n',
    });
  });

  it('is read in the encoding that it declares', () => {
    const commit = parseCommit(raw('Zoë <z@x>', 'encoding ISO-8859-1\n\nÄnderung\n', 'latin1'));
    expect([commit.author, commit.message]).toEqual(['Zoë <z@x>', 'Änderung\n']);
    expect(parseCommit(raw('A <a@x>', 'encoding klingon\n\nplain\n')).message).toBe('plain\n');
  });

  it('is not confused by signatures and headers of several lines', () => {
    const signature =
      'gpgsig -----BEGIN PGP SIGNATURE-----\n \n author Eve <e@x> 1 +0000\n parent x\n -----END-----\n';
    const commit = parseCommit(raw('A <a@x>', `${signature}\nauthor in text\n`));
    expect(commit).toMatchObject({ parents, author: 'A <a@x>', message: 'author in text\n' });
  });

  it('can be stored: no NUL, no half characters', () => {
    const commit = parseCommit(Buffer.concat([raw('A\0 <a@x>', '\nx\0y'), Buffer.from([0xff])]));
    expect([commit.author, commit.message]).toEqual(['A <a@x>', 'xy\ufffd']);
  });

  it('may lack message, names and times', () => {
    expect(parseCommit(Buffer.from(`tree ${'c'.repeat(40)}\nauthor \ncommitter x\n`))).toEqual({
      parents: [],
      author: '',
      date: 0,
      message: '',
    });
  });

  it.each([
    ['99999999999999', '9999-12-30'],
    ['9223372036854775807', '9999-12-30'],
    ['-99999999999999', '1000-01-02'],
    ['253402128000', '9999-12-30'],
    ['-1', '1969-12-31'],
  ])('of %s seconds has a date that can be stored and shown', (seconds, day) => {
    const { date } = parseCommit(
      Buffer.from(`author A <a@x> 1 +0000\ncommitter A <a@x> ${seconds} +0000\n\n`),
    );
    expect(new Date(date * 1000).toISOString().slice(0, 10)).toBe(day);
  });
});
