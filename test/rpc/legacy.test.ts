import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seen } from './fixture.family.js';
import { ADMIN_KEY, KEY, SLOW_KEY, keyOfDialect, startRpcGateway } from './rpc-gateway.js';
import type { Answer, RpcGateway } from './rpc-gateway.js';

let gateway: RpcGateway;
beforeAll(async () => {
  gateway = await startRpcGateway();
});
afterAll(() => gateway.close());
beforeEach(() => {
  for (const list of Object.values(seen)) list.length = 0;
});

const post = async (body: unknown) => (await gateway.post(body)).json;
const failure = (error: string, id: unknown = null) => ({ id, result: null, error });
const repoArgs = { repoid: 5, perm: 'x' };

describe('the order of checks', () => {
  it('row 3: names the position of a parse error and shows nothing of the body', async () => {
    const { text, status } = await gateway.post('{"id": 1, "api_key": "topsecret", method: 1}');
    expect(JSON.parse(text)).toEqual(failure('JSON parse error ERR:invalid JSON at position 34'));
    expect(text).not.toContain('topsecret');
    expect(status).toBe(200);
  });

  it('row 3: names the byte of invalid UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"id":"\u00e9'), Buffer.from([0xc3]), Buffer.from('"}')]);
    expect(await post(body)).toEqual(failure('JSON parse error ERR:invalid UTF-8 at position 9'));
  });

  it.each(['1', '"x"', 'null', 'true'])('row 3b: refuses a body that is %s', async (body) => {
    expect(await post(body)).toEqual(failure('Invalid Request'));
  });

  it.each([
    [{ id: 7 }, 'api_key', null],
    [{ id: 7, method: 'echo', args: {} }, 'api_key', null],
    [{ api_key: KEY }, 'id', null],
    [{ api_key: KEY, id: 7 }, 'method', 7],
    [{ api_key: KEY, id: 7, method: 'echo' }, 'args', 7],
    [{ api_key: 'wrong', id: 7, method: 'echo' }, 'args', 7],
  ])('rows 4-7: %j lacks %s', async (body, name, id) => {
    expect(await post(body)).toEqual(failure(`Incorrect JSON query missing '${name}'`, id));
  });

  it.each([null, 1, 'x', [], [1]])('row 8: takes args %j as {}', async (args) => {
    expect(await gateway.call('get_data', args)).toEqual({ id: 1, result: ['hello', 5], error: null });
    expect(await gateway.call('echo', args)).toEqual(
      failure('Missing non optional `text` arg in JSON DATA', 1),
    );
  });

  it.each(['wrong', '', 5, null, {}, [KEY]])(
    'row 9: refuses key %j before it looks at the method',
    async (key) => {
      expect(await gateway.call('no_such', {}, { key })).toEqual(failure('Invalid API key', 1));
    },
  );

  it('row 9: does not let a valid header stand in for the key', async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    expect(await gateway.call('get_data', {}, { key: 'wrong', headers })).toEqual(
      failure('Invalid API key', 1),
    );
  });

  it.each([
    [5, 'int'],
    [5.5, 'float'],
    [null, 'NoneType'],
    [[], 'list'],
    [{}, 'dict'],
    [true, 'bool'],
  ])('row 10: answers method %j as the field does', async (method, type) => {
    expect(await gateway.call(method)).toEqual(failure(`'${type}' object has no attribute 'startswith'`, 1));
  });

  it('rows 11 and 12: knows no hidden and no unknown method', async () => {
    expect(await gateway.call('_hidden')).toEqual(failure('Method not allowed', 1));
    expect(await gateway.call('__init__')).toEqual(failure('Method not allowed', 1));
    expect(await gateway.call('no_such')).toEqual(failure('No such method: no_such', 1));
    expect(await gateway.call('constructor')).toEqual(failure('No such method: constructor', 1));
  });

  it('row 13: reports the last declared of several missing arguments, before unknown ones', async () => {
    expect(await gateway.call('repo_like', {})).toEqual(
      failure('Missing non optional `perm` arg in JSON DATA', 1),
    );
    expect(await gateway.call('repo_like', { perm: 'x', bogus: 1 })).toEqual(
      failure('Missing non optional `repoid` arg in JSON DATA', 1),
    );
  });

  it('row 14: names all unknown arguments, before the permission and before any value is looked at', async () => {
    expect(await gateway.call('admin_only', { text: 5.5, a: 1, b: 2 })).toEqual(
      failure('Unknown `a`, `b` arg in JSON DATA', 1),
    );
    expect(await gateway.call('admin_only', { text: 'x', __proto__x: 1 })).toEqual(
      failure('Unknown `__proto__x` arg in JSON DATA', 1),
    );
  });

  it('row 14: takes __proto__ and constructor for unknown arguments', async () => {
    const body = `{"id":1,"api_key":"${KEY}","method":"get_data","args":{"__proto__":{"x":1},"constructor":2}}`;
    expect(await post(body)).toEqual(failure('Unknown `__proto__`, `constructor` arg in JSON DATA', 1));
  });

  it('row 15: says that access was denied', async () => {
    expect(await gateway.call('admin_only', { text: 'x' })).toEqual(
      failure('Access was denied to this resource.', 1),
    );
    expect(await gateway.call('admin_only', { text: 'x' }, { key: ADMIN_KEY })).toMatchObject({
      result: 'welcome',
    });
  });

  it('rows 16-18: passes on a refusal, hides a crash, reports what is no JSON', async () => {
    expect(await gateway.call('refuse')).toEqual(failure('this is refused', 1));
    expect(await gateway.call('explode')).toEqual(failure('Internal server error', 1));
    expect(await gateway.call('unencodable')).toEqual(failure('Error encoding response', 1));
  });
});

describe('the answer', () => {
  it('is one ASCII line of compact JSON, members in order', async () => {
    const { text, headers } = await gateway.post({
      id: 'é',
      api_key: KEY,
      method: 'echo',
      args: { text: 'line\n\u{1f600} ü \u2028' },
    });
    expect(text).toBe('{"id":"\\u00e9","result":"line\\n\\ud83d\\ude00 \\u00fc \\u2028","error":null}');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it.each([
    '0',
    '""',
    'null',
    '"0"',
    'true',
    '4294967296',
    '-1',
    '1.5',
    '9007199254740993',
    '1e400',
    '{"a":[1,9007199254740993]}',
    '"1f0e4a0c-0000-4000-8000-000000000000"',
  ])('echoes id %s as it came', async (id) => {
    const { text } = await gateway.post(
      `{"api_key":"${KEY}","method":"nothing","args":{},"x":{"id":3},"id": ${id} }`,
    );
    expect(text).toBe(`{"id":${id},"result":null,"error":null}`);
  });

  it('drops white space inside an id that is an object', async () => {
    const { text } = await gateway.post(
      `{"id":{ "a" :\n[1, "x  y"]},"api_key":"${KEY}","method":"nothing","args":{}}`,
    );
    expect(text).toBe('{"id":{"a":[1,"x  y"]},"result":null,"error":null}');
  });

  it('survives an id nested beyond any stack', async () => {
    const id = '['.repeat(100_000) + ']'.repeat(100_000);
    const { text } = await gateway.post(`{"id":${id},"api_key":"${KEY}","method":"nothing","args":{}}`);
    expect(text).toBe(`{"id":${id},"result":null,"error":null}`);
  });

  it('waits for a key that is not known yet', async () => {
    expect(await gateway.call('echo', { text: 'x' }, { key: SLOW_KEY })).toEqual({
      id: 1,
      result: 'x',
      error: null,
    });
  });
});

describe('dialects', () => {
  const asRhodecode = (key: unknown, args: unknown = {}) =>
    post({ id: 1, auth_token: key, method: 'repo_like', args }) as Promise<Answer>;

  it('takes auth_token for the key and refuses it in its own words', async () => {
    expect(await asRhodecode('wrong')).toEqual(failure('Invalid API KEY', 1));
    expect(await asRhodecode(KEY, repoArgs)).toMatchObject({ error: null });
  });

  it('drops unknown arguments for a RhodeCode key only', async () => {
    const args = { ...repoArgs, bogus: 1 };
    expect(await gateway.call('repo_like', args)).toEqual(failure('Unknown `bogus` arg in JSON DATA', 1));
    const answer = await gateway.call('repo_like', args, { key: keyOfDialect('rhodecode-4') });
    expect(answer.error).toBeNull();
    expect(answer.result).not.toHaveProperty('bogus');
  });

  it('speaks RhodeCode with who says auth_token, unless his key says something else', async () => {
    const args = { ...repoArgs, bogus: 1 };
    expect(await asRhodecode(KEY, args)).toMatchObject({ error: null });
    expect(await asRhodecode(keyOfDialect('kallithea-2019'), args)).toMatchObject({
      error: 'Unknown `bogus` arg in JSON DATA',
    });
    expect(await post({ auth_token: KEY, method: 'echo', args: {} })).toEqual(
      failure('Incorrect JSON data. Missing id', null),
    );
    expect(await post({ auth_token: KEY, id: 1, method: 'echo' })).toEqual(
      failure('Incorrect JSON data. Missing args', 1),
    );
  });

  it('helps who calls a method that is not there', async () => {
    const ask = (method: string, more: object) => post({ id: 1, method, args: {}, ...more });
    expect(await ask('get_datum', { auth_token: KEY })).toEqual(
      failure('No such method: get_datum. Similar methods: get_data, get_ip', 1),
    );
    expect(await ask('zzz', { auth_token: KEY })).toEqual(
      failure('No such method: zzz. Similar methods: none', 1),
    );
    const reason =
      'History is not rewritten: events, pull requests and comments name its commits. Push a revert instead.';
    expect(await ask('strip', { api_key: KEY })).toEqual(failure(`No such method: strip. ${reason}`, 1));
    expect(await ask('strip', { api_key: 'wrong' })).toEqual(failure('Invalid API key', 1));
    expect(await post({ jsonrpc: '2.0', id: 1, method: 'strip', api_key: KEY })).toMatchObject({
      error: { code: -32601, message: 'Method not found', data: { why: reason } },
    });
  });

  it('gives the call the dialect of its key', async () => {
    const dialectOf = async (key: string) =>
      ((await gateway.call('get_ip', {}, { key })).result as { dialect: string }).dialect;
    expect(await dialectOf(KEY)).toBe('kallithea');
    expect(await dialectOf(keyOfDialect('kallithea-2016'))).toBe('kallithea-2016');
  });

  it('warns of a deprecated method in the RhodeCode dialect', async () => {
    expect(await gateway.call('repo_like', repoArgs, { key: keyOfDialect('rhodecode-4') })).toHaveProperty(
      'DEPRECATION_WARNING',
      'DEPRECATED METHOD Please use method `get_data` instead.',
    );
    expect(await gateway.call('repo_like', repoArgs)).not.toHaveProperty('DEPRECATION_WARNING');
  });
});

describe('arguments', () => {
  const bound = async (args: Record<string, unknown>) =>
    (await gateway.call('repo_like', { ...repoArgs, ...args })) as Answer & {
      result: Record<string, unknown>;
    };

  it('C13: takes an explicit null for an optional argument as not given', async () => {
    const { result } = await bound({
      private: null,
      lifetime: null,
      repo_type: null,
      reviewers: null,
      files: null,
    });
    expect(result).toEqual({ repoid: 5, perm: 'x', lifetime: -1 });
  });

  it('keeps null where null means something', async () => {
    expect((await bound({ description: null })).result).toHaveProperty('description', null);
  });

  it.each([
    ...['true', 'TRUE', 'True', '1', 'yes', 'on', 't', 'y', 'Y', 1, true].map(
      (word) => [word, true] as const,
    ),
    ...['false', 'False', '0', 'no', 'off', 'f', 'n', 0, false].map((word) => [word, false] as const),
  ])('C14: reads %j as %j', async (word, value) => {
    expect((await bound({ private: word })).result.private).toBe(value);
  });

  it('C14: reads digits as an integer, and integers as text', async () => {
    expect((await bound({ lifetime: '60' })).result.lifetime).toBe(60);
    expect((await bound({ lifetime: '-1' })).result.lifetime).toBe(-1);
    expect((await bound({ perm: 5 })).result.perm).toBe('5');
  });

  it.each([5, '5', 'group/repo', '_5', 0])('C16: leaves id %j as it is', async (repoid) => {
    expect((await bound({ repoid })).result.repoid).toBe(repoid);
  });

  it('reads a single string as a list of one, and the text of an object as the object', async () => {
    const { result } = await bound({ reviewers: 'alice', files: '{"a": {"content": "x"}}' });
    expect(result).toMatchObject({ reviewers: ['alice'], files: { a: { content: 'x' } } });
  });

  it.each([
    ['private', 'maybe', 'argument `private` must be a boolean (true or false), got "maybe"'],
    ['private', '', 'argument `private` must be a boolean (true or false), got ""'],
    ['private', 2, 'argument `private` must be a boolean (true or false), got 2'],
    ['lifetime', 'soon', 'argument `lifetime` must be an integer of -1 to 1000, got "soon"'],
    ['lifetime', 1001, 'argument `lifetime` must be an integer of -1 to 1000, got 1001'],
    ['lifetime', 1.5, 'argument `lifetime` must be an integer of -1 to 1000, got 1.5'],
    ['repo_type', 'svn', 'argument `repo_type` must be one of "git", "hg", got "svn"'],
    ['repoid', true, 'argument `repoid` must be an id (integer) or a name (string), got true'],
    ['repoid', null, 'argument `repoid` must be an id (integer) or a name (string), got null'],
    ['reviewers', ['a', 5], 'argument `reviewers` must be a list of strings, got a list'],
    ['files', '[1]', 'argument `files` must be an object, got "[1]"'],
    ['perm', 'a\0b', 'argument `perm` must be a string without NUL characters, got "a\\u0000b"'],
    ['perm', {}, 'argument `perm` must be a string without NUL characters, got an object'],
    [
      'description',
      'x'.repeat(50),
      'argument `description` must be a string of at most 20 characters without NUL characters, got a string of 50 characters',
    ],
    [
      'password',
      'too long a secret',
      'argument `password` must be a string of at most 8 characters without NUL characters',
    ],
  ])('refuses %s = %j in words', async (name, value, error) => {
    expect(await bound({ [name]: value })).toMatchObject({ result: null, error });
  });

  it('C18: takes older names of arguments and methods', async () => {
    expect((await gateway.call('repo_like', { repo: 'a/b', perm: 'x' })).result).toMatchObject({
      repoid: 'a/b',
    });
    for (const name of ['pullrequest_id', 'pull_request_id', 'pullrequestid']) {
      const { result } = await gateway.call('pull_request_like', { [name]: 3, remove_obselete: 'TRUE' });
      expect(result).toEqual({ pullrequest_id: 3, remove_obsolete: true });
    }
    expect((await gateway.call('show_ip')).result).toMatchObject({ method: 'get_ip' });
  });

  it('refuses an older name beside the one of today', async () => {
    expect(await bound({ repo: 'other' })).toMatchObject({ error: 'Unknown `repo` arg in JSON DATA' });
  });

  it('reports a missing argument by the name of today', async () => {
    expect(await gateway.call('pull_request_like')).toMatchObject({
      error: 'Missing non optional `pullrequest_id` arg in JSON DATA',
    });
  });
});
