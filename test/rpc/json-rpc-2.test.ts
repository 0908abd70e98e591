import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seen } from './fixture.family.js';
import { KEY, startRpcGateway, until } from './rpc-gateway.js';
import type { RpcGateway } from './rpc-gateway.js';

const error = (code: number, message: string, id: unknown = null) => ({
  jsonrpc: '2.0',
  error: { code, message },
  id,
});
const PARSE_ERROR = error(-32700, 'Parse error');
const INVALID = error(-32600, 'Invalid Request');

let gateway: RpcGateway;
beforeAll(async () => {
  gateway = await startRpcGateway({ callDeadlineMs: 300 });
});
afterAll(() => gateway.close());
beforeEach(() => {
  for (const list of Object.values(seen)) list.length = 0;
});

const rpc = (body: unknown, headers: Record<string, string> = {}) =>
  gateway.post(body, { path: '/_admin/rpc', headers });

describe('the examples of the specification', () => {
  const vectors: [name: string, body: string, answer: unknown][] = [
    [
      'V01',
      '{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}',
      { jsonrpc: '2.0', result: 19, id: 1 },
    ],
    [
      'V02',
      '{"jsonrpc":"2.0","method":"subtract","params":[23,42],"id":2}',
      { jsonrpc: '2.0', result: -19, id: 2 },
    ],
    [
      'V03',
      '{"jsonrpc":"2.0","method":"subtract","params":{"subtrahend":23,"minuend":42},"id":3}',
      { jsonrpc: '2.0', result: 19, id: 3 },
    ],
    [
      'V04',
      '{"jsonrpc":"2.0","method":"subtract","params":{"minuend":42,"subtrahend":23},"id":4}',
      { jsonrpc: '2.0', result: 19, id: 4 },
    ],
    ['V05', '{"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]}', undefined],
    ['V06', '{"jsonrpc":"2.0","method":"foobar"}', undefined],
    ['V07', '{"jsonrpc":"2.0","method":"foobar","id":"1"}', error(-32601, 'Method not found', '1')],
    ['V08', '{"jsonrpc":"2.0","method":"foobar, "params":"bar","baz]', PARSE_ERROR],
    ['V09', '{"jsonrpc":"2.0","method":1,"params":"bar"}', INVALID],
    [
      'V10',
      '[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method"]',
      PARSE_ERROR,
    ],
    ['V11', '[]', INVALID],
    ['V12', '[1]', [INVALID]],
    ['V13', '[1,2,3]', [INVALID, INVALID, INVALID]],
    [
      'V14',
      `[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},
        {"jsonrpc":"2.0","method":"notify_hello","params":[7]},
        {"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"2"},
        {"foo":"boo"},
        {"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},
        {"jsonrpc":"2.0","method":"get_data","id":"9"}]`,
      [
        { jsonrpc: '2.0', result: 7, id: '1' },
        { jsonrpc: '2.0', result: 19, id: '2' },
        INVALID,
        error(-32601, 'Method not found', '5'),
        { jsonrpc: '2.0', result: ['hello', 5], id: '9' },
      ],
    ],
    [
      'V15',
      '[{"jsonrpc":"2.0","method":"notify_sum","params":[1,2,4]},{"jsonrpc":"2.0","method":"notify_hello","params":[7]}]',
      undefined,
    ],
  ];

  it.each(vectors)('%s', async (_name, body, answer) => {
    const { status, json, text } = await rpc(body);
    expect(json).toEqual(answer);
    expect(status).toBe(answer === undefined ? 204 : 200);
    if (answer === undefined) expect(text).toBe('');
  });

  it('runs notifications although nobody hears of them', async () => {
    await rpc('{"jsonrpc":"2.0","method":"update","params":[1,2,3,4,5]}');
    await rpc('[{"jsonrpc":"2.0","method":"notify_sum","params":[1,2,4]}]');
    expect(seen.notified).toEqual([15, 7]);
  });

  it('answers 2.0 on the legacy path too', async () => {
    const { json } = await gateway.post({ jsonrpc: '2.0', method: 'subtract', params: [42, 23], id: 1 });
    expect(json).toEqual({ jsonrpc: '2.0', result: 19, id: 1 });
  });
});

describe('what the specification implies', () => {
  it.each([0, '', null])('E01 echoes id %j and takes it for no notification', async (id) => {
    const { json } = await rpc({ jsonrpc: '2.0', method: 'get_data', id });
    expect(json).toEqual({ jsonrpc: '2.0', result: ['hello', 5], id });
  });

  it('E02 echoes a fraction as it came', async () => {
    const { text } = await rpc('{"jsonrpc":"2.0","method":"nothing","id":1.5}');
    expect(text).toBe('{"jsonrpc":"2.0","result":null,"id":1.5}');
  });

  it.each(['{}', '[]', 'true'])('E02 refuses id %s', async (id) => {
    const { json } = await rpc(`{"jsonrpc":"2.0","method":"nothing","id":${id}}`);
    expect(json).toEqual(INVALID);
    expect(seen.called).toEqual([]);
  });

  it.each(['null', '"x"', '5'])('E03 refuses params %s', async (params) => {
    const { json } = await rpc(`{"jsonrpc":"2.0","method":"nothing","params":${params},"id":1}`);
    expect(json).toEqual(error(-32600, 'Invalid Request', 1));
  });

  it.each([{}, [], undefined])('E03 takes params %j as none', async (params) => {
    const { json } = await rpc({ jsonrpc: '2.0', method: 'get_data', params, id: 1 });
    expect(json).toEqual({ jsonrpc: '2.0', result: ['hello', 5], id: 1 });
  });

  it.each(['2.0', '"2"', '"1.0"', 'null'])(
    'E04 refuses jsonrpc %s in the 2.0 envelope, on any path',
    async (version) => {
      const { json } = await gateway.post(
        `{"jsonrpc":${version},"method":"nothing","api_key":"x","args":{}}`,
      );
      expect(json).toEqual(INVALID);
    },
  );

  it('E05 makes null of a method that returns nothing', async () => {
    const { text } = await rpc({ jsonrpc: '2.0', method: 'nothing', id: 1 });
    expect(text).toBe('{"jsonrpc":"2.0","result":null,"id":1}');
  });

  it('E06 keeps silent about a notification that fails, and logs and counts it', async () => {
    const { status, text } = await rpc({ jsonrpc: '2.0', method: 'explode' });
    expect([status, text]).toEqual([204, '']);
    await until(() => gateway.logged.some((line) => line.method === 'explode'));
    const line = gateway.logged.find(({ method }) => method === 'explode');
    expect(line).toMatchObject({
      level: 40,
      outcome: 'internal',
      err: { message: expect.stringContaining('line 7') },
    });
    expect(await gateway.registry.metrics()).toContain(
      'rpc_calls_total{method="explode",outcome="internal"} 1',
    );
  });

  it('E07 answers the others of a batch in which one never ends', async () => {
    const { json } = await rpc([
      { jsonrpc: '2.0', method: 'hang', id: 1 },
      { jsonrpc: '2.0', method: 'get_data', id: 2 },
    ]);
    expect(json).toEqual([
      {
        jsonrpc: '2.0',
        error: { code: 1012, message: 'Request deadline exceeded', data: { reason: 'DEADLINE' } },
        id: 1,
      },
      { jsonrpc: '2.0', result: ['hello', 5], id: 2 },
    ]);
  });

  it('E08 answers two calls with the same id', async () => {
    const one = { jsonrpc: '2.0', method: 'get_data', id: 7 };
    const { json } = await rpc([one, one]);
    const answer = { jsonrpc: '2.0', result: ['hello', 5], id: 7 };
    expect(json).toEqual([answer, answer]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'E09 knows no method or argument %s',
    async (name) => {
      const asMethod = await rpc(`{"jsonrpc":"2.0","method":"${name}","id":1}`);
      expect(asMethod.json).toEqual(error(-32601, 'Method not found', 1));
      const asArgument = await rpc(
        `{"jsonrpc":"2.0","method":"subtract","params":{"minuend":1,"subtrahend":1,"${name}":{"x":1}},"id":1}`,
      );
      expect(asArgument.json).toMatchObject({
        error: { code: -32602, message: `Invalid params: unknown \`${name}\``, data: { unknown: [name] } },
      });
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    },
  );

  it('E10 takes the last of repeated members', async () => {
    const { json } = await rpc('{"jsonrpc":"2.0","method":"get_data","id":1,"id":9007199254740993,"id":2}');
    expect(json).toMatchObject({ id: 2 });
  });

  it.each(['9007199254740993', '-12345678901234567890', '1e400', '12345678901234567890.5', '-0'])(
    'E10 echoes id %s digit by digit, alone and in a batch',
    async (id) => {
      const one = `{"x":{"id":1},"i\\u0064": ${id} , "jsonrpc":"2.0","method":"nothing"}`;
      expect((await rpc(one)).text).toBe(`{"jsonrpc":"2.0","result":null,"id":${id}}`);
      expect((await rpc(`[ 1, ${one},{"jsonrpc":"2.0","method":"nothing","id":${id}}]`)).text).toBe(
        `[${JSON.stringify(INVALID)},{"jsonrpc":"2.0","result":null,"id":${id}},{"jsonrpc":"2.0","result":null,"id":${id}}]`,
      );
    },
  );

  it('E11 reads a byte order mark, a trailing newline and four-byte characters', async () => {
    const { json, text } = await rpc(
      `\ufeff{"jsonrpc":"2.0","method":"echo","params":["\u{1f600}"],"id":"\u{1f600}"}\n`,
      {
        'x-api-key': KEY,
      },
    );
    expect(json).toEqual({ jsonrpc: '2.0', result: '\u{1f600}', id: '\u{1f600}' });
    expect(text).toContain('"\\ud83d\\ude00"');
  });

  it('E11 takes invalid UTF-8 for a parse error', async () => {
    const body = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","method":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    expect((await rpc(body)).json).toEqual(PARSE_ERROR);
  });

  it('E12 refuses a batch that is too long as one', async () => {
    const { json } = await rpc(
      Array.from({ length: 21 }, () => ({ jsonrpc: '2.0', method: 'nothing', id: 1 })),
    );
    expect(json).toEqual({
      jsonrpc: '2.0',
      error: { code: -32600, message: 'Invalid Request', data: { limit: 20 } },
      id: null,
    });
    expect(seen.called).toEqual([]);
  });

  it('E13 ignores further members', async () => {
    const { json } = await rpc({ jsonrpc: '2.0', method: 'get_data', id: 1, extra: true, args: { a: 1 } });
    expect(json).toEqual({ jsonrpc: '2.0', result: ['hello', 5], id: 1 });
  });

  it('runs no more items of a batch at once than allowed', async () => {
    const items = Array.from({ length: 6 }, (_, id) => ({ jsonrpc: '2.0', method: 'hang', id }));
    const answer = rpc(items);
    await until(() => seen.called.length >= 4);
    expect(seen.called).toHaveLength(4);
    expect((await answer).json).toHaveLength(6);
    expect(seen.called).toHaveLength(6);
  });
});

describe('keys', () => {
  const whoAmI = { jsonrpc: '2.0', method: 'get_ip', id: 1 };
  const ok = {
    jsonrpc: '2.0',
    id: 1,
    result: expect.objectContaining({ username: 'alice', protocol: '2.0' }) as unknown,
  };
  const refused = {
    jsonrpc: '2.0',
    id: 1,
    error: { code: 1001, message: 'Invalid API key', data: { reason: 'KEY_INVALID' } },
  };

  it('takes a key from the bearer header, from X-Api-Key or from beside jsonrpc', async () => {
    expect((await rpc(whoAmI, { authorization: `Bearer ${KEY}` })).json).toEqual(ok);
    expect((await rpc(whoAmI, { authorization: `bearer ${KEY}` })).json).toEqual(ok);
    expect((await rpc(whoAmI, { 'x-api-key': KEY })).json).toEqual(ok);
    expect((await rpc({ ...whoAmI, api_key: KEY })).json).toEqual(ok);
  });

  it('never takes one from inside params', async () => {
    const { json } = await rpc({ ...whoAmI, params: { api_key: KEY } });
    expect(json).toEqual(refused);
  });

  it('refuses a missing key, a wrong one and one of another type', async () => {
    expect((await rpc(whoAmI)).json).toEqual(refused);
    expect((await rpc(whoAmI, { authorization: 'Bearer nonsense' })).json).toEqual(refused);
    expect((await rpc(whoAmI, { authorization: `Basic ${KEY}` })).json).toEqual(refused);
    expect((await rpc({ ...whoAmI, api_key: 5 })).json).toEqual(refused);
    expect((await rpc({ ...whoAmI, method: 'get_data', api_key: 'nonsense' })).json).toEqual(refused);
  });
});

describe('errors', () => {
  const failing = async (method: string, params: unknown = {}) => {
    const { json } = await rpc({ jsonrpc: '2.0', method, params, id: 1 }, { 'x-api-key': KEY });
    return (json as { error: unknown }).error;
  };

  it('have a code, a sentence and a reason', async () => {
    expect(await failing('refuse')).toEqual({
      code: 1010,
      message: 'this is refused',
      data: { reason: 'REFUSED' },
    });
    expect(await failing('collide')).toEqual({
      code: 1009,
      message: 'already there',
      data: { reason: 'CONFLICT' },
    });
    expect(await failing('admin_only', ['x'])).toEqual({
      code: 1003,
      message: 'Access was denied to this resource.',
      data: { reason: 'DENIED', missing: 'hg.admin' },
    });
  });

  it('tell nothing of what broke inside', async () => {
    expect(await failing('explode')).toEqual({
      code: -32603,
      message: 'Internal error',
      data: { reason: 'INTERNAL' },
    });
    expect(await failing('unencodable')).toMatchObject({ code: -32603 });
  });

  it('name the argument that is wrong', async () => {
    expect(await failing('subtract', { minuend: 1 })).toMatchObject({
      code: -32602,
      message: 'Invalid params: missing `subtrahend`',
    });
    expect(await failing('subtract', [1, 2, 3])).toMatchObject({
      code: -32602,
      message: 'Invalid params: 3 values given, at most 2 taken',
    });
    expect(await failing('subtract', [1, 'two'])).toMatchObject({
      code: -32602,
      message: 'Invalid params: argument `subtrahend` must be an integer, got "two"',
    });
  });
});

describe('JSON-RPC 1.0', () => {
  it('answers in the 1.0 envelope', async () => {
    const { json } = await gateway.post({ method: 'subtract', params: [42, 23], id: 'x' });
    expect(json).toEqual({ id: 'x', result: 19, error: null });
  });

  it('gives an error as an object', async () => {
    const { json } = await gateway.post({ method: 'foobar', params: [], id: 1 });
    expect(json).toEqual({ id: 1, result: null, error: { code: -32601, message: 'Method not found' } });
  });

  it('answers nothing to id null, and an error to no id at all', async () => {
    const notification = await gateway.post({ method: 'update', params: [3], id: null });
    expect([notification.status, seen.notified]).toEqual([204, [3]]);
    const broken = await gateway.post({ method: 'update', params: [3] });
    expect(broken.json).toEqual({
      id: null,
      result: null,
      error: { code: -32600, message: 'Invalid Request' },
    });
  });
});

describe('rpc.discover', () => {
  it('is public and lists every method with its arguments in order', async () => {
    const { json } = await rpc({ jsonrpc: '2.0', method: 'rpc.discover', id: 1 });
    const document = (json as { result: { openrpc: string; methods: { name: string; params: unknown[] }[] } })
      .result;
    expect(document.openrpc).toMatch(/^1\.4\.\d+$/);
    expect(document.methods.map(({ name }) => name)).toContain('repo_like');
    expect(document.methods.find(({ name }) => name === 'subtract')?.params).toEqual([
      { name: 'minuend', required: true, schema: expect.objectContaining({ type: 'integer' }) as unknown },
      { name: 'subtrahend', required: true, schema: expect.objectContaining({ type: 'integer' }) as unknown },
    ]);
  });

  it('leaves no other rpc name callable', async () => {
    const { json } = await rpc({ jsonrpc: '2.0', method: 'rpc.shutdown', id: 1 });
    expect(json).toEqual(error(-32601, 'Method not found', 1));
  });
});
