import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/config/settings.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { send, type RecordedRequest, type Reply } from '../harness/recorded-request.js';
import { hasHg, WorkTree } from '../harness/repositories.js';
import { visit } from '../harness/web.js';

// What the clients of Kallithea and RhodeCode need of a server, line by line (C1 to C25 of our notes on them)

let gateway: TestGateway;
let keys: Record<Dialect, string>;

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_PUBLIC_URL: 'https://code.example.com/scm' });
  const dialects: Dialect[] = [
    'kallithea',
    'kallithea-2019',
    'kallithea-2016',
    'kallithea-2014',
    'rhodecode-1.3',
    'rhodecode-4',
  ];
  const made = await Promise.all(
    dialects.map(async (dialect) => {
      const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { dialect });
      return [dialect, api_key] as const;
    }),
  );
  keys = Object.fromEntries(made) as typeof keys;
  await gateway.call('create_repo_group', { group_name: 'team' });
  await gateway.call('create_repo', { repo_name: 'team/tool', repo_type: 'git', description: 'Página' });
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'team/tool'));
  tree.commit('README', 'hello\n', 'Say hello');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'team/tool' });
});
afterAll(() => gateway.close());

const envelope = (more: object = {}) => ({
  id: 1,
  api_key: keys.kallithea,
  method: 'get_repo',
  args: { repoid: 'team/tool' },
  ...more,
});
const post = <Result = Record<string, unknown>>(
  body: unknown = envelope(),
  more: Omit<RecordedRequest, 'body'> = {},
): Promise<Reply<Result>> =>
  send<Result>(gateway.url, {
    ...more,
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
const call = async <Result = Record<string, unknown>>(
  method: string,
  args: unknown = {},
  dialect: Dialect = 'kallithea',
) => (await post<Result>(envelope({ method, args, api_key: keys[dialect] }))).json;
const errorOf = async (method: string, args: unknown = {}, dialect: Dialect = 'kallithea') =>
  (await call(method, args, dialect)).error;

const TOOL = { error: null, result: { repo_name: 'team/tool' } };

describe('C1: where it answers', () => {
  it.each([
    '/_admin/api',
    '/_admin/apiv2',
    '//_admin/api',
    '/_admin//api/',
    '/_admin/api/',
    '/scm/_admin/api',
    '/scm//_admin/apiv2/',
  ])('POST %s', async (path) => {
    expect((await post(undefined, { path })).json).toMatchObject(TOOL);
  });

  it('GET with a body', async () => {
    expect((await post(undefined, { method: 'GET' })).json).toMatchObject(TOOL);
  });
});

describe('C2: the status', () => {
  it.each([
    ['a body that is no JSON', () => '{'],
    ['a wrong key', () => envelope({ api_key: 'wrong' })],
    ['an unknown method', () => envelope({ method: 'none' })],
    ['a missing argument', () => envelope({ args: {} })],
    ['a missing object', () => envelope({ args: { repoid: 'none' } })],
    ['a defect', () => envelope({ method: 5 })],
  ])('is 200 for %s', async (_, body) => {
    const { status, json } = await post(body());
    expect(status).toBe(200);
    expect(json).toMatchObject({ result: null, error: expect.any(String) });
  });

  it('is another one for refusals of the transport, whose body is an answer as well', async () => {
    const limited = await startTestGateway({
      FORGEGATE_MAX_BODY_BYTES: '2048',
      FORGEGATE_RATE_LIMIT_PER_KEY: '1',
      FORGEGATE_RATE_LIMIT_BURST: '1',
    });
    try {
      const body = { id: 7, api_key: limited.adminKey, method: 'get_user', args: {} };
      const large = await send(limited.url, { body: JSON.stringify({ ...body, filler: 'x'.repeat(4096) }) });
      expect([large.status, large.json]).toEqual([
        413,
        { id: null, result: null, error: 'Request body is larger than 2048 bytes' },
      ]);
      const text = JSON.stringify(body);
      const answers = [];
      for (let n = 0; n < 4; n++) answers.push(await send(limited.url, { body: text }));
      const refused = answers.find(({ status }) => status === 429);
      expect(refused?.json).toEqual({ id: 7, result: null, error: expect.stringContaining('Rate limit') });
      expect(refused?.headers['retry-after']).toMatch(/^\d+$/);
    } finally {
      await limited.close();
    }
  });
});

describe('C3: the answer', () => {
  it('is JSON on one line, in ASCII', async () => {
    const { headers, text } = await post();
    expect(headers['content-type']).toBe('application/json');
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).toContain('P\\u00e1gina');
  });
});

describe('C4, C5: what it reads', () => {
  it.each(['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'nonsense', null])(
    'content type %s',
    async (type) => {
      const headers: Record<string, string> = type === null ? {} : { 'content-type': type };
      expect((await post(undefined, { headers })).json).toMatchObject(TOOL);
    },
  );

  it('chunks without a length', async () => {
    expect((await post(undefined, { isChunked: true })).json).toMatchObject(TOOL);
  });

  it('gzip', async () => {
    const body = gzipSync(JSON.stringify(envelope()));
    expect((await post(body, { headers: { 'content-encoding': 'gzip' } })).json).toMatchObject(TOOL);
  });
});

describe('C6 to C8: the body', () => {
  it('must not be empty', async () => {
    expect((await post('')).json).toEqual({ id: null, result: null, error: 'Content-Length is 0' });
  });

  it('may be 10 MiB by default', async () => {
    expect(gateway.settings.maxBodyBytes).toBe(10 * 1024 * 1024);
    expect((await post(envelope({ filler: 'x'.repeat(9_000_000) }))).json).toMatchObject(TOOL);
  });

  it('may begin with a byte order mark and blanks', async () => {
    expect((await post(`\uFEFF \r\n${JSON.stringify(envelope())}\n`)).json).toMatchObject(TOOL);
  });
});

describe('C9: the id', () => {
  it.each([0, 1, 4294967296, -3, '', '1', 'a-b', null, true, [1], { a: 1 }])(
    '%j comes back as it is',
    async (id) => {
      expect((await post(envelope({ id }))).json.id).toEqual(id);
    },
  );
});

describe('C10: the key', () => {
  it('is `api_key` or `auth_token`', async () => {
    expect((await post(envelope({ api_key: undefined, auth_token: keys.kallithea }))).json).toMatchObject(
      TOOL,
    );
  });

  it('stands in the body, whatever a header says', async () => {
    const basic = { authorization: `Basic ${Buffer.from('admin:x').toString('base64')}` };
    expect((await post(undefined, { headers: basic })).json).toMatchObject(TOOL);
    const bearer = { authorization: `Bearer ${keys.kallithea}` };
    expect((await post(envelope({ api_key: 'wrong' }), { headers: bearer })).json.error).toBe(
      'Invalid API key',
    );
  });
});

describe('C11: an error', () => {
  it('is text', async () => {
    const refused = [
      await errorOf('create_gist', { files: 5 }),
      await errorOf('create_repo', { repo_name: 'a b' }),
      await errorOf('get_repo', { repoid: {} }),
      await errorOf('get_user', { userid: [] }),
    ];
    for (const error of refused) expect(error).toEqual(expect.any(String));
  });

  it.each([
    ['create_repo', { repo_name: 'team/tool' }, 'unique_repo_name'],
    ['create_repo', { repo_name: 'a b' }, 'repo_name'],
    ['create_repo_group', { group_name: 'team' }, 'unique_repo_group_name'],
    ['create_user', { username: 'a b', email: 'ab@example.com' }, 'username'],
  ])('of the form of %s is an object of fields for a key of RhodeCode', async (method, args, field) => {
    expect(await errorOf(method, args, 'rhodecode-4')).toEqual({ [field]: expect.any(String) as string });
    expect(await errorOf(method, args)).toEqual(expect.any(String));
  });
});

describe('C12: arguments', () => {
  it.each([null, [], 5, 'x', {}])('%j counts as none', async (args) => {
    expect(await call('get_repos', args)).toMatchObject({ error: null });
    expect(await errorOf('get_repo', args)).toBe('Missing non optional `repoid` arg in JSON DATA');
  });

  it('must be there', async () => {
    expect((await post(envelope({ args: undefined }))).json.error).toBe(
      "Incorrect JSON query missing 'args'",
    );
  });
});

describe('C13: null', () => {
  it('is what is not given', async () => {
    const nothing = {
      owner: null,
      description: null,
      clone_uri: null,
      landing_rev: null,
      enable_downloads: null,
    };
    expect(await call('create_repo', { repo_name: 'nulls', repo_type: 'git', ...nothing })).toMatchObject({
      error: null,
    });
    expect((await call('get_repo', { repoid: 'nulls' })).result).toMatchObject({
      owner: 'admin',
      description: 'nulls',
      landing_rev: ['rev', 'tip'],
    });
  });
});

describe('C14: text where another type is meant', () => {
  const tags = async (word: unknown) =>
    'tags' in (await call('get_repo', { repoid: 'team/tool', with_revision_names: word })).result;

  it.each(['true', 'TRUE', '1', 'yes', 'on', 't', 'y', 1, true])('%j is true', async (word) => {
    expect(await tags(word)).toBe(true);
  });

  it.each(['false', 'False', '0', 'no', 'off', 'f', 'n', 0, false])('%j is false', async (word) => {
    expect(await tags(word)).toBe(false);
  });

  it('refuses other words', async () => {
    expect(await errorOf('get_repo', { repoid: 'team/tool', with_revision_names: 'perhaps' })).toContain(
      'with_revision_names',
    );
  });

  it('takes digits as numbers, and numbers as ids', async () => {
    const { result } = await call<{ repo_id: number }>('get_repo', { repoid: 'team/tool' });
    const args = { repoid: result.repo_id, max_revisions: '1' };
    expect((await call('get_changesets', args)).result).toHaveLength(1);
    const nodes = { repoid: String(result.repo_id), revision: 0, root_path: '' };
    expect((await call('get_repo_nodes', nodes)).result).toEqual([{ name: 'README', type: 'file' }]);
  });
});

describe('C15: unknown arguments', () => {
  it.each(['kallithea', 'kallithea-2019'] as const)('are refused by %s', async (dialect) => {
    expect(await errorOf('get_repos', { nonsense: 1 }, dialect)).toBe('Unknown `nonsense` arg in JSON DATA');
  });

  it.each(['kallithea-2016', 'kallithea-2014', 'rhodecode-1.3', 'rhodecode-4'] as const)(
    'are dropped by %s',
    async (dialect) => {
      expect(await errorOf('get_repos', { nonsense: 1 }, dialect)).toBeNull();
    },
  );
});

describe('C16: objects', () => {
  it('are named by number, by digits and by full name', async () => {
    const { result } = await call<{ repo_id: number }>('get_repo', { repoid: 'team/tool' });
    for (const repoid of [result.repo_id, String(result.repo_id)])
      expect((await call('get_repo', { repoid })).result).toMatchObject({ repo_name: 'team/tool' });
    await gateway.call('create_repo', { repo_name: 'team/4711', repo_type: 'git' });
    await gateway.call('create_user_group', { group_name: '900' });
    expect((await call('get_user_group', { usergroupid: '900' })).result).toMatchObject({
      group_name: '900',
    });
    expect((await call('get_repo', { repoid: 'team/4711' })).error).toBeNull();
  });
});

describe('C17: both families of methods', () => {
  it.each([
    'get_pullrequest',
    'comment_pullrequest',
    'edit_reviewers',
    'get_pull_request',
    'get_pull_requests',
    'comment_pull_request',
    'get_pull_request_comments',
    'merge_pull_request',
    'close_pull_request',
    'update_pull_request',
    'create_pull_request',
    'comment_commit',
    'get_repo_refs',
    'get_repo_changesets',
    'get_repo_changeset',
    'get_repo_file',
    'get_repo_settings',
    'get_repo_groups',
    'get_method',
    'lock',
    'add_field_to_repo',
  ])('%s is served to every key', async (method) => {
    for (const dialect of ['kallithea', 'rhodecode-4'] as const)
      expect((await errorOf(method, {}, dialect)) ?? '').not.toContain('No such method');
  });

  it.each([
    ['strip', 'Push a revert instead.'],
    ['get_audit_logs', 'Coming with the audit log.'],
  ])('%s is refused with the reason', async (method, reason) => {
    expect(await errorOf(method, {}, 'rhodecode-4')).toContain(reason);
  });
});

describe('C18: old names of arguments', () => {
  it('are taken in every dialect', async () => {
    await gateway.call('create_user_group', { group_name: 'staff' });
    for (const dialect of Object.keys(keys) as Dialect[]) {
      expect((await call('get_user_group', { usersgroupid: 'staff' }, dialect)).result).not.toBeNull();
      expect((await call('get_repo', { repo: 'team/tool' }, dialect)).result).not.toBeNull();
      expect(await errorOf('rescan_repos', { remove_obselete: false }, dialect)).toBeNull();
    }
    const user = { username: 'ldapper', email: 'ldapper@example.com', ldap_dn: 'uid=l' };
    expect(await errorOf('create_user', user)).toBeNull();
    expect(
      (await call<{ username: string; ldap: string }[]>('get_users', {}, 'rhodecode-1.3')).result,
    ).toContainEqual(expect.objectContaining({ username: 'ldapper', ldap: 'uid=l' }));
  });

  it('are warned of where the dialect has a place for it', async () => {
    expect(await call('get_repo', { repo: 'team/tool' }, 'rhodecode-4')).toMatchObject({
      DEPRECATION_WARNING: 'DEPRECATED ARGUMENT Please use argument `repoid` instead of `repo`.',
    });
    expect(await call('get_users_groups', {}, 'rhodecode-4')).toMatchObject({
      DEPRECATION_WARNING: 'DEPRECATED METHOD Please use method `get_user_groups` instead.',
    });
    for (const [method, dialect] of [
      ['get_users_groups', 'kallithea-2014'],
      ['get_user_groups', 'rhodecode-4'],
    ] as const)
      expect(await call(method, {}, dialect)).not.toHaveProperty('DEPRECATION_WARNING');
  });
});

describe('C19: the texts', () => {
  it('are those of the field', async () => {
    expect((await post(envelope({ api_key: 'wrong' }))).json.error).toBe('Invalid API key');
    expect((await post(envelope({ api_key: undefined, auth_token: 'wrong' }))).json.error).toBe(
      'Invalid API KEY',
    );
    expect(await errorOf('get_repo', { repoid: 'x' })).toBe('repository `x` does not exist');
    expect(await errorOf('none')).toBe('No such method: none');
  });
});

describe('C20: what one may not see', () => {
  it('does not exist', async () => {
    const eve = await gateway.createUser('eve');
    await gateway.call('create_repo', { repo_name: 'closed', repo_type: 'git', private: true });
    for (const [method, args] of [
      ['get_repo', {}],
      ['delete_repo', {}],
      ['update_repo', { description: 'x' }],
      ['get_repo_nodes', { revision: 'tip', root_path: '' }],
      ['invalidate_cache', {}],
      ['lock', {}],
    ] as const)
      expect(await gateway.refusal(method, { repoid: 'closed', ...args }, eve.key)).toBe(
        'repository `closed` does not exist',
      );
  });
});

describe('C21: keys', () => {
  it('of others are in no answer, whatever the dialect', async () => {
    const ada = await gateway.createUser('ada');
    await gateway.call('follow_repo', { repoid: 'team/tool' }, ada.key);
    await gateway.call('add_user_to_user_group', { usergroupid: 'staff', userid: 'ada' });
    for (const [dialect, key] of Object.entries(keys)) {
      const answers = await Promise.all(
        [
          ['get_repo', { repoid: 'team/tool' }],
          ['get_users', {}],
          ['get_user', { userid: 'ada' }],
          ['get_user_groups', {}],
          ['get_user_group', { usergroupid: 'staff' }],
          ['update_user', { userid: 'ada', lastname: dialect }],
          ['get_repos', {}],
        ].map(async ([method, args]) => (await post(envelope({ api_key: key, method, args }))).text),
      );
      const all = answers.join('\n');
      expect(all).not.toContain(ada.key);
      expect(all).not.toContain(gateway.adminKey);
      expect(all.replaceAll(key, '')).not.toMatch(/"api_keys?": ?(?!null|"")/);
    }
  });
});

describe('C22: the address of a repository', () => {
  it('is where to clone it from for clients of RhodeCode, unless it is a mirror', async () => {
    const url = 'https://code.example.com/scm/team/tool';
    expect((await call('get_repo', { repoid: 'team/tool' }, 'rhodecode-4')).result).toMatchObject({
      clone_uri: url,
    });
    const { result } = await call<{ repo_name: string; clone_uri: string }[]>('get_repos', {}, 'rhodecode-4');
    expect(result.find(({ repo_name }) => repo_name === 'team/tool')?.clone_uri).toBe(url);
    expect((await call('get_repo', { repoid: 'team/tool' })).result).toMatchObject({ clone_uri: null });
  });
});

describe('C23: dates', () => {
  it('are local and without a zone, milliseconds with three digits if any', async () => {
    const { result } = await call<{ created_on: string; last_changeset: { date: string } }>('get_repo', {
      repoid: 'team/tool',
    });
    expect(result.created_on).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/);
    expect(result.last_changeset.date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(Math.abs(new Date(result.created_on).getTime() - Date.now())).toBeLessThan(3_600_000);
  });
});

describe('C24: paths of the web', () => {
  const WHITELIST = [
    'HomeController:repo_refs_data',
    'ChangesetController:changeset_raw',
    'FilesController:archivefile',
    'PullrequestsController:show',
  ];
  const paths = (sha: string) => [
    '/team/tool/refs-data',
    `/team/tool/raw-diff/${sha}`,
    `/team/tool/changeset-diff/${sha}`,
    `/team/tool/archive/${sha}.zip`,
  ];
  const statuses = (at: TestGateway, sha: string, query: string) =>
    Promise.all(paths(sha).map(async (path) => (await visit(at, path + query)).status));

  it('take a key in the address only where the settings say so', async () => {
    await gateway.call('update_repo', { repoid: 'team/tool', enable_downloads: true });
    const { result } = await call<{ last_changeset: { raw_id: string } }>('get_repo', {
      repoid: 'team/tool',
    });
    const sha = result.last_changeset.raw_id;
    const open = await startTestGateway(
      { FORGEGATE_API_ACCESS_CONTROLLERS_WHITELIST: WHITELIST.join(',') },
      gateway,
    );
    try {
      for (const name of ['api_key', 'auth_token']) {
        expect(await statuses(gateway, sha, `?${name}=${keys.kallithea}`)).toEqual([401, 401, 401, 401]);
        expect(await statuses(open, sha, `?${name}=${keys.kallithea}`)).toEqual([200, 200, 200, 200]);
      }
      const refs = await visit(open, `/team/tool/refs-data?api_key=${keys.kallithea}`);
      expect(JSON.parse(refs.text)).toMatchObject({ results: [{ children: [{ text: 'main', id: sha }] }] });
    } finally {
      await open.close();
    }
  });
});

describe('C25: the command line of Kallithea', () => {
  /** The bytes of its request, as Python's http.client writes them. */
  const replay = (method: string, args: object) =>
    post(
      `{"id": 75, "api_key": "${keys.kallithea}", "method": "${method}", "args": ${JSON.stringify(args)}}`,
      {
        headers: {
          'accept-encoding': 'identity',
          'content-type': 'text/plain',
          'user-agent': 'Python-urllib/3.11',
          connection: 'close',
        },
      },
    );

  it('finds its id again, and either a result or an error', async () => {
    expect((await replay('get_repo', { repoid: 'team/tool' })).json).toMatchObject({ id: 75, ...TOOL });
    expect((await replay('get_repo', {})).json).toEqual({
      id: 75,
      result: null,
      error: 'Missing non optional `repoid` arg in JSON DATA',
    });
  });

  it.runIf(hasHg)('makes a repository of the kind that it makes by default', async () => {
    expect((await replay('create_repo', { repo_name: 'plain', private: 'False' })).json).toMatchObject({
      error: null,
      result: { msg: 'Created new repository `plain`' },
    });
    expect((await call('get_repo', { repoid: 'plain' })).result).toMatchObject({
      repo_type: 'hg',
      private: false,
    });
  });
});

describe('the dialect of keys that say nothing', () => {
  it('is that of FORGEGATE_DIALECT', async () => {
    const old = await startTestGateway({ FORGEGATE_DIALECT: 'rhodecode-1.3' });
    try {
      expect(await old.call('get_repo', { name: 'none' })).toBeNull();
      expect(await old.refusal('get_users', {}, 'wrong')).toBe('Invalid API KEY');
      expect(await old.call('create_repo', { name: 'tool', repo_type: 'git' })).toBeNull();
      const { api_key: today } = await old.call<{ api_key: string }>('create_api_key', {
        dialect: 'kallithea',
      });
      expect(await old.call('get_repo', { repoid: 'tool' }, today)).toMatchObject({ repo_name: 'tool' });
    } finally {
      await old.close();
    }
  });
});
