import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpAuthenticator, type Identity } from '../../src/access/http-authenticator.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

const HERE = '192.0.2.7';
const LIMIT = 3;
const PASSWORD = 'corréct horse: battery';

let gateway: TestGateway;
let http: HttpAuthenticator;
let ann: { username: string; key: string };
let place = 0;

/** Failed logins are counted for each address, so that every test comes from one of its own. */
let ip: string;

const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
});
const who = (identity: Identity) => (identity.kind === 'known' ? identity.principal.username : identity.kind);
const identify = async (headers: Record<string, string>, from = ip) =>
  who(await http.identify(headers, from));
const key = async (more: object = {}, username = 'ann') => {
  const made = await gateway.call<{ api_key: string }>('create_api_key', {
    userid: username,
    description: 'test',
    ...more,
  });
  return made.api_key;
};

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_FAILED_LOGINS_PER_MINUTE: String(LIMIT) });
  http = gateway.app.get(HttpAuthenticator);
  ann = await gateway.createUser('ann', { password: PASSWORD });
});
beforeEach(() => {
  place += 1;
  ip = `198.51.100.${place}`;
});
afterAll(() => gateway.close());

describe('a login', () => {
  const lastLogin = async (username: string) => {
    const old = await key({ dialect: 'kallithea-2014' }, username);
    const { last_login } = await gateway.call<{ last_login: string | null }>('get_user', {}, old);
    return last_login;
  };

  it('by password is remembered, and no other', async () => {
    const { username, key: secret } = await gateway.createUser('lea', { password: PASSWORD });
    expect(await identify(basic(username, secret))).toBe('lea');
    expect(await identify(basic(username, 'guess'))).toBe('unknown');
    expect(await lastLogin(username)).toBeNull();
    const before = Date.now();
    expect(await identify(basic(username, PASSWORD))).toBe('lea');
    expect(Date.parse((await lastLogin(username)) ?? '')).toBeGreaterThanOrEqual(before - 1_000);
  });
});

describe('who sends a plain HTTP request', () => {
  it.each([
    ['name and password', () => basic('ann', PASSWORD)],
    ['name in another case', () => basic('ANN', PASSWORD)],
    ['name and API key', () => basic('ann', ann.key)],
    ['API key as name', () => basic(ann.key, '')],
    ['API key as name, and whatever a client puts behind it', () => basic(ann.key, 'x-oauth-basic')],
    ['bearer key', () => ({ authorization: `Bearer ${ann.key}` })],
    ['bearer key in the header that Kallithea documents', () => ({ authentication: `Bearer ${ann.key}` })],
  ])('is told by %s', async (_title, headers) => {
    expect(await identify(headers())).toBe('ann');
  });

  it.each([
    ['a wrong password', () => basic('ann', 'guess')],
    ['nobody', () => basic('nobody', PASSWORD)],
    ["another user's key", () => basic('admin', ann.key)],
    ['the account that stands for everybody', () => basic('default', '')],
    ['a key that is none', () => ({ authorization: `Bearer ${'0'.repeat(40)}` })],
    ['a scheme that is not served', () => ({ authorization: 'Digest username="ann"' })],
    ['text that is no login', () => ({ authorization: `Basic ${Buffer.from('ann').toString('base64')}` })],
    ['control characters', () => basic('an\0n', PASSWORD)],
  ])('is not told by %s', async (_title, headers) => {
    expect(await identify(headers())).toBe('unknown');
  });

  it('is nobody without credentials, until anonymous access is on', async () => {
    expect(await identify({})).toBe('unknown');
    await gateway.call('update_settings', { anonymous_access: true });
    expect(await http.identify({}, ip)).toMatchObject({
      kind: 'known',
      anonymous: true,
      principal: { username: 'default', admin: false },
    });
    expect(await identify(basic('ann', 'guess'))).toBe('unknown');
    await gateway.call('update_settings', { anonymous_access: false });
    expect(await identify({})).toBe('unknown');
  });

  it('is nobody once the user is inactive, with a password that was right a moment ago', async () => {
    const bob = await gateway.createUser('bob', { password: 'first' });
    expect(await identify(basic('bob', 'first'))).toBe('bob');
    await gateway.call('update_user', { userid: 'bob', active: false });
    expect(await identify(basic('bob', 'first'))).toBe('unknown');
    expect(await identify(basic('bob', bob.key))).toBe('unknown');
  });

  it('is nobody with the password before a change', async () => {
    await gateway.createUser('carl', { password: 'first' });
    expect(await identify(basic('carl', 'first'))).toBe('carl');
    await gateway.call('update_user', { userid: 'carl', password: 'second' });
    expect(await identify(basic('carl', 'first'))).toBe('unknown');
    expect(await identify(basic('carl', 'second'))).toBe('carl');
  });

  it('must come from an allowed address, by password and by key', async () => {
    await gateway.createUser('dora', { password: 'first' });
    await gateway.call('add_user_ip', { userid: 'dora', ip_addr: `${HERE}/32` });
    expect(await identify(basic('dora', 'first'))).toBe('unknown');
    expect(await identify(basic('dora', 'first'), HERE)).toBe('dora');
    const limited = await key({ ips: [`${HERE}/32`] });
    expect(await identify(basic('ann', limited))).toBe('unknown');
    expect(await identify(basic('ann', limited), HERE)).toBe('ann');
  });

  it('carries the scopes of the key', async () => {
    const reader = await key({ scopes: ['read'] });
    const identity = await http.identify(basic('ann', reader), ip);
    expect(identity).toMatchObject({ kind: 'known', principal: { scopes: ['read'] } });
  });
});

describe('failed logins', () => {
  it('are throttled for a name, wherever they come from, until time passes', async () => {
    await gateway.createUser('eve', { password: 'first' });
    for (let attempt = 0; attempt < LIMIT; attempt++)
      expect(await identify(basic('eve', `guess ${attempt}`), `203.0.113.${attempt}`)).toBe('unknown');
    const refused = await http.identify(basic('EVE', 'first'), '203.0.113.99');
    expect(refused).toEqual({ kind: 'throttled', retryAfterS: expect.any(Number) as number });
    expect((refused as { retryAfterS: number }).retryAfterS).toBeGreaterThan(0);
  });

  it('are throttled for an address, whatever names they try', async () => {
    for (let attempt = 0; attempt < LIMIT; attempt++)
      expect(await identify(basic(`name${attempt}`, 'guess'))).toBe('unknown');
    expect(await identify(basic('fay', 'guess'))).toBe('throttled');
  });

  it('are throttled when keys are tried, in a header or in an address, but a good key is not', async () => {
    const guess = (attempt: number) => `${attempt}`.padStart(40, '0');
    for (let attempt = 0; attempt < LIMIT; attempt++)
      expect(await identify({ authorization: `Bearer ${guess(attempt)}` })).toBe('unknown');
    expect(await identify({ authentication: `Bearer ${guess(LIMIT)}` })).toBe('throttled');
    expect(who(await http.identifyByKey(guess(LIMIT), ip))).toBe('throttled');
    expect(await identify({ authorization: `Bearer ${ann.key}` })).toBe('ann');
    expect(who(await http.identifyByKey(ann.key, ip))).toBe('ann');
  });

  it('are throttled when they come all at once', async () => {
    const guesses = Array.from({ length: 20 }, (_none, index) => identify(basic('gil', `guess ${index}`)));
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'unknown')).toHaveLength(LIMIT);
  });

  it('do not keep out a good key, nor who signed in before', async () => {
    const ida = await gateway.createUser('ida', { password: PASSWORD });
    expect(await identify(basic('ida', PASSWORD))).toBe('ida');
    for (let attempt = 0; attempt < LIMIT; attempt++) await identify(basic('ida', `guess ${attempt}`));
    expect(await identify(basic('ida', 'guess'))).toBe('throttled');
    expect(await identify(basic('ida', PASSWORD))).toBe('ida');
    expect(await identify(basic('ida', ida.key))).toBe('ida');
  });

  it('do not count logins that were right', async () => {
    await gateway.createUser('hal', { password: 'first' });
    for (let login = 0; login < 3 * LIMIT; login++) {
      await gateway.call('update_user', { userid: 'hal', password: `password ${login}` });
      expect(await identify(basic('hal', `password ${login}`))).toBe('hal');
    }
  });
});
