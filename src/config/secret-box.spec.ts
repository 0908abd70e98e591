import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox, SecretBoxError } from './secret-box.js';

const box = new SecretBox(randomBytes(32));

describe('a secret box', () => {
  it('gives back what was sealed', () => {
    for (const text of ['', 'whsec_abc', 'Schlüssel \u{1f511}', 'x'.repeat(100_000)]) {
      expect(box.open(box.seal(text, 'test'), 'test')).toBe(text);
    }
    const value = { secrets: ['a', 'b'], on: true };
    expect(box.openJson(box.sealJson(value, 'test'), 'test')).toEqual(value);
  });

  it('seals the same text differently each time and shows nothing of it', () => {
    const [one, two] = [box.seal('password', 'test'), box.seal('password', 'test')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes('password')).toBe(false);
  });

  it('notices a change of any single byte', () => {
    const sealed = box.seal('secret', 'test');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.open(changed, 'test')).toThrow(SecretBoxError);
    }
    expect(() => box.open(sealed.subarray(0, -1), 'test')).toThrow(SecretBoxError);
    expect(() => box.open(Buffer.alloc(0), 'test')).toThrow('not a sealed secret');
  });

  it('does not open for another purpose', () => {
    expect(() => box.open(box.seal('secret', 'webhook.secret'), 'repo.clone_uri')).toThrow('another purpose');
  });

  it('names the key that is missing', () => {
    const other = new SecretBox(randomBytes(32));
    expect(() => other.open(box.seal('secret', 'test'), 'test')).toThrow(`master key ${box.keyId}`);
  });

  it('opens old secrets after the key was rotated', () => {
    const [before, after] = [randomBytes(32), randomBytes(32)];
    const sealed = new SecretBox(before).seal('secret', 'test');
    const rotated = new SecretBox(after, before);
    expect(rotated.open(sealed, 'test')).toBe('secret');
    expect(rotated.keyId).toBe(new SecretBox(after).keyId);
    expect(() => new SecretBox(before).open(rotated.seal('new', 'test'), 'test')).toThrow(SecretBoxError);
  });
});
