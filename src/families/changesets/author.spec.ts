import { describe, expect, it } from 'vitest';
import { splitAuthor } from './author.js';

describe('the author of a changeset', () => {
  it('is a name and an address', () => {
    expect(splitAuthor('Ada Byron <ada@example.com>')).toEqual({
      name: 'Ada Byron',
      email: 'ada@example.com',
    });
    expect(splitAuthor('<ada@example.com>')).toEqual({ name: '', email: 'ada@example.com' });
    expect(splitAuthor('ada@example.com')).toEqual({ name: '', email: 'ada@example.com' });
    expect(splitAuthor('ada@example.com (Ada)')).toEqual({ name: '(Ada)', email: 'ada@example.com' });
    expect(splitAuthor('Ada <ada@example.com> of <b@example.com>')).toMatchObject({
      email: 'ada@example.com',
    });
  });

  it('is a name alone where there is no address', () => {
    expect(splitAuthor('ada')).toEqual({ name: 'ada', email: '' });
    expect(splitAuthor('Ada <localhost>')).toEqual({ name: 'Ada <localhost>', email: '' });
    expect(splitAuthor('Ada @home')).toEqual({ name: 'Ada @home', email: '' });
    expect(splitAuthor('')).toEqual({ name: '', email: '' });
  });
});
