import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { plainSignature, secretBytes, signatureHeader } from './signature.js';

const KEY_A = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLD_KEY = 'whsec_51TKyHBy5KFY1Ab98GQ8V60BkWnejkWy';
const EVENT = '{"type":"repo.created","timestamp":"2026-01-02T03:04:05.678Z","data":{"id":42}}';

describe('signatureHeader', () => {
  // vectors 1, 3, 4, 5, 6 of spec/webhooks.md 2.1
  it.each([
    [
      'the vector of the reference libraries',
      KEY_A,
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      '{"test": 2432232314}',
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ],
    [
      'text beyond ASCII',
      KEY_A,
      'msg_utf8',
      1700000000,
      '{"title":"naïve – 日本 🚀"}',
      'v1,43Q6NxXAkIMLpCu2HjYEQYIM3K0SGJD0CON7/cOUWj8=',
    ],
    ['an empty body', KEY_A, 'msg_empty', 1700000000, '', 'v1,LrOGikvEp3ovC4ipwU5sfXzzFy9SMN1tDL3jPPGtLmc='],
    ['an event', KEY_A, 'evt_01J', 1767323045, EVENT, 'v1,LEDlBFOkhJAH6YJO4N6WwHJ/nMqQ2XT/2cseyFJXYQA='],
    ['the old key', OLD_KEY, 'evt_01J', 1767323045, EVENT, 'v1,TRXCRZhYFckZTLqRcTRWrIJvPU/0efQ/b7OB5ZYffKs='],
  ])('reproduces %s', (_name, secret, id, timestamp, body, expected) => {
    expect(signatureHeader([secret], id, timestamp, body)).toBe(expected);
  });

  it('reproduces the ed25519 vector, and verifies with its public key, beside a shared secret', () => {
    const pair =
      'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
    const [id, time, body] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}'] as const;
    const header = signatureHeader([pair, KEY_A], id, time, body);
    expect(header).toBe(
      'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== ' +
        'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
    const x = Buffer.from('1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=', 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signature = Buffer.from(header.split(' ')[0]?.slice('v1a,'.length) ?? '', 'base64');
    expect(verify(null, Buffer.from(`${id}.${time}.${body}`), key, signature)).toBe(true);
    expect(verify(null, Buffer.from(`${id}.${time}.${body} `), key, signature)).toBe(false);
  });

  it('reproduces the vectors of GitHub and Gitea', () => {
    expect(plainSignature("It's a Secret to Everybody", 'Hello, World!', 'sha256')).toBe(
      '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
    expect(plainSignature('topsecret', EVENT, 'sha256')).toBe(
      '2ba97883dab98b8f530d06033d8ace234b0d101e6b24cdd002d5aae7c4d365ff',
    );
    expect(plainSignature('topsecret', EVENT, 'sha1')).toBe('b7f52d32ebbf457a986d2ece10402163dc485ecc');
  });

  it('signs with every live key, newest first', () => {
    expect(signatureHeader([KEY_A, OLD_KEY], 'evt_01J', 1767323045, EVENT)).toBe(
      'v1,LEDlBFOkhJAH6YJO4N6WwHJ/nMqQ2XT/2cseyFJXYQA= v1,TRXCRZhYFckZTLqRcTRWrIJvPU/0efQ/b7OB5ZYffKs=',
    );
  });

  it('passes the verifier of the standardwebhooks package for the old and for the new key', () => {
    const now = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now),
      'webhook-signature': signatureHeader([KEY_A, OLD_KEY], 'msg_1', now, EVENT),
    };
    for (const key of [KEY_A, OLD_KEY]) {
      expect(new Webhook(key).verify(EVENT, headers)).toEqual(JSON.parse(EVENT));
      expect(() => new Webhook(key).verify(`${EVENT} `, headers)).toThrow();
    }
    expect(() =>
      new Webhook(`whsec_${Buffer.alloc(24).toString('base64')}`).verify(EVENT, headers),
    ).toThrow();
  });

  it('takes a secret without its prefix, and refuses an empty one, none at all, and an id with a dot', () => {
    const bare = KEY_A.slice('whsec_'.length);
    expect(secretBytes(bare)).toEqual(secretBytes(KEY_A));
    expect(() => signatureHeader(['whsec_'], 'msg_1', 1, '')).toThrow('empty');
    expect(() => signatureHeader([], 'msg_1', 1, '')).toThrow('no signing secret');
    expect(() => signatureHeader([KEY_A], 'msg.1', 1, '')).toThrow('dot');
  });
});
