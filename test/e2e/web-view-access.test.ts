import { join } from 'node:path';
import type { Logger } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RPC_LOGGER } from '../../src/rpc/call-log.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage, TYPES, type Overview } from '../harness/pull-requests.js';
import { WorkTree } from '../harness/repositories.js';
import { basic, bearer, told, visit } from '../harness/web.js';

const WHITELIST = 'FORGEGATE_API_ACCESS_CONTROLLERS_WHITELIST';
const nobody = {};
let gateway: TestGateway;
let stage: PullRequestStage;
let pullRequest: Overview;
let commit: string;

beforeAll(async () => {
  gateway = await startTestGateway({
    [WHITELIST]: 'FilesController:raw',
    FORGEGATE_FAILED_LOGINS_PER_MINUTE: '0',
  });
  stage = await PullRequestStage.on(gateway, 'git');
  [commit = ''] = stage.push('topic', { 'new.txt': 'new <b>text</b>\n' });
  const id = await stage.open('topic', { title: 'Add <i>this</i>' });
  pullRequest = await gateway.call<Overview>('get_pull_request', { pullrequestid: id });
  await gateway.call('update_repo', { repoid: 'proj', enable_downloads: true });
});
afterAll(() => gateway.close());

const get = (path: string, headers: Record<string, string> = {}) => visit(gateway, path, { headers });
const views = () => [
  '/proj',
  `/proj/raw/${commit}/new.txt`,
  `/proj/rawfile/${commit}/new.txt`,
  `/proj/changeset/${commit}`,
  `/proj/changeset-diff/${commit}`,
  `/proj/changeset-patch/${commit}`,
  `/proj/changeset-download/${commit}`,
  `/proj/raw-diff/${commit}`,
  `/proj/archive/${commit}.zip`,
  '/proj/feed/atom',
  '/proj/feed/rss',
  '/proj/refs-data',
  `/proj/pull-request/${pullRequest.pull_request_id}`,
  `/proj/pull-request/${pullRequest.pull_request_id}.diff`,
];

describe('a web view', () => {
  it('is shown to whoever may read the repository, by any way to sign in', async () => {
    await gateway.call('update_user', { userid: 'reviewer', password: 'correct horse' });
    const key = stage.keys.reviewer;
    for (const headers of [
      bearer(key),
      { authentication: `Bearer ${key}` },
      basic('reviewer', 'correct horse'),
      basic('reviewer', key),
    ]) {
      for (const path of views()) expect((await get(path, headers)).status, path).toBe(200);
    }
  });

  it('is for strangers as if it were not there, and asks those who did not sign in to do so', async () => {
    for (const path of views()) {
      const missing = path.replace('/proj', '/nope');
      for (const headers of [bearer(stage.keys.stranger), nobody]) {
        const [hidden, absent] = [await get(path, headers), await get(missing, headers)];
        expect(told(hidden), path).toEqual(told(absent));
        expect(hidden.status).toBe(headers === nobody ? 401 : 404);
      }
      expect((await get(path)).headers['www-authenticate']).toMatch(/^Basic /);
      expect((await get(path, bearer('0'.repeat(40)))).status).toBe(401);
    }
  });

  it('is hidden in the same way when a key is in the address', async () => {
    for (const path of views()) {
      for (const key of [stage.keys.stranger, '0'.repeat(40)]) {
        const [hidden, absent] = [
          await get(`${path}?api_key=${key}`),
          await get(`${path.replace('/proj', '/nope')}?api_key=${key}`),
        ];
        expect(told(hidden), path).toEqual(told(absent));
      }
    }
  });

  it('is shown to everybody when the default user may read, and only then', async () => {
    await gateway.call('update_settings', { anonymous_access: true });
    expect((await get('/proj')).status).toBe(401);
    await gateway.call('create_repo', { repo_name: 'open', repo_type: 'git' });
    await gateway.call('grant_user_permission', {
      repoid: 'open',
      userid: 'default',
      perm: 'repository.read',
    });
    expect((await get('/open')).status).toBe(200);
    expect((await get('/open/nothing')).status).toBe(404);
    await gateway.call('update_settings', { anonymous_access: false });
    expect((await get('/open')).status).toBe(401);
  });

  it('takes a key in the address where the setting names it, and for feeds', async () => {
    const key = stage.keys.reviewer;
    const taken = (path: string) => /\/(raw|rawfile|feed)\//.test(path);
    for (const name of ['api_key', 'auth_token']) {
      for (const path of views()) {
        const { status, headers, text } = await get(`${path}?${name}=${key}`);
        expect(status, path).toBe(taken(path) ? 200 : 401);
        expect(headers['referrer-policy']).toBe('no-referrer');
        expect(headers['cache-control']).toMatch(/no-store/);
        if (!taken(path)) expect(text).toContain(WHITELIST);
        expect(text).not.toContain(key);
      }
    }
  });

  it('cannot act in our name, and is told by a tag whether it is still the same', async () => {
    for (const path of views()) {
      const { headers } = await get(path, bearer(stage.keys.reviewer));
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      const policy = String(headers['content-security-policy']);
      expect(policy, path).toMatch(/^default-src 'none'; /);
      expect(policy, path).toMatch(
        String(headers['content-type']).startsWith('text/html') ? /form-action 'none'/ : /sandbox$/,
      );
      const known = { ...bearer(stage.keys.reviewer), 'if-none-match': headers.etag ?? '' };
      expect((await get(path, known)).status, path).toBe(304);
      // Who may not read it any more is not told that either
      expect((await get(path, { ...known, ...bearer(stage.keys.stranger) })).status, path).toBe(404);
    }
  });

  it('says nothing of a repository behind a name that looks like a view', async () => {
    const key = stage.keys.stranger;
    await gateway.call('create_repo_group', { group_name: 'deep' });
    await gateway.call('create_repo', { repo_name: 'deep/changeset', repo_type: 'git', private: true });
    const at = (name: string) => get(`/deep/${name}/feed/atom?api_key=${key}`);
    expect(told(await at('changeset'))).toEqual(told(await at('nothing')));
  });

  it('is never logged with the key of its address', async () => {
    const logger = gateway.app.get<Logger>(RPC_LOGGER);
    const lines: unknown[] = [];
    const spies = (['debug', 'info', 'warn'] as const).map((level) =>
      vi.spyOn(logger, level).mockImplementation((...args: unknown[]) => void lines.push(args)),
    );
    vi.spyOn(logger, 'isLevelEnabled').mockReturnValue(true);
    const key = stage.keys.reviewer;
    await get(`/proj/feed/atom?api_key=${key}`);
    await get(`/proj/refs-data?api_key=${key}`);
    await expect.poll(() => lines.length).toBe(2);
    vi.restoreAllMocks();
    expect(spies).toHaveLength(3);
    expect(JSON.stringify(lines)).toContain('proj/feed/atom');
    expect(JSON.stringify(lines)).not.toContain(key);
  });

  it('keeps to the scopes of the key', async () => {
    const keyWith = async (...scopes: string[]) =>
      (await gateway.call<{ api_key: string }>('create_api_key', { description: 'x', scopes })).api_key;
    expect((await get('/proj', bearer(await keyWith('read')))).status).toBe(200);
    expect((await get('/proj', bearer(await keyWith('repo:proj')))).status).toBe(200);
    expect((await get('/proj', bearer(await keyWith('repo:other')))).status).toBe(403);
    const { status, text } = await get('/proj', bearer(await keyWith('create_repo')));
    expect(status).toBe(403);
    expect(text).toContain('lacks the scope');
  });

  it('only reads', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await visit(gateway, '/proj', {
        method,
        headers: bearer(gateway.adminKey),
      });
      expect(status).toBe(405);
      expect(headers.allow).toBe('GET, HEAD');
    }
  });

  it('refuses with a page where a browser asks, and with a line otherwise', async () => {
    const headers = { ...bearer(gateway.adminKey), accept: 'text/html,*/*' };
    expect((await get('/nope', headers)).text).toMatch(/^<!doctype html>/);
    expect((await get('/nope', bearer(gateway.adminKey))).text).toBe(
      'There is nothing here, or nothing that you may see.\n',
    );
  });

  it.each([
    '/',
    '//',
    '///?x',
    '/%',
    '/%00',
    '/?',
    '*',
    '/..',
    '/_99999999999999/raw',
    `/${'a/'.repeat(3_000)}`,
  ])('is nothing at %j', async (path) => {
    const { status, headers } = await get(path, bearer(gateway.adminKey));
    expect(status).toBe(404);
    expect(headers['x-request-id']).toMatch(/./);
  });

  it('leaves the paths of the gateway itself alone', async () => {
    expect(JSON.parse((await get('/_admin/livez')).text)).toEqual({ status: 'ok' });
    expect((await get('/_admin/nothing')).status).toBe(404);
  });
});

describe('the page of a pull request', () => {
  it('answers behind every address that results carry', async () => {
    const { url } = await gateway.call<{ url: string }>('get_pullrequest', {
      pullrequest_id: pullRequest.pull_request_id,
    });
    const overview = await gateway.call<{ url: string }>('get_pull_request', {
      pullrequestid: pullRequest.pull_request_id,
    });
    for (const path of [url, new URL(overview.url).pathname, `${url}/?fulldiff=1`]) {
      const { status, text } = await get(path, bearer(stage.keys.reviewer));
      expect(status).toBe(200);
      expect(text).toContain('Add &lt;i&gt;this&lt;/i&gt;');
      expect(text).toContain('new &lt;b&gt;text&lt;/b&gt;');
    }
  });

  it('shows comments by their ids', async () => {
    const { comment_id } = await gateway.call<{ comment_id: number }>('comment_pull_request', {
      pullrequestid: pullRequest.pull_request_id,
      message: 'look at <img src=x onerror=alert(1)>',
    });
    const path = `/proj/pull-request/${pullRequest.pull_request_id}`;
    const { text } = await get(path, bearer(stage.keys.reviewer));
    expect(text).toContain(`data-comment-id="${comment_id}"`);
    expect(text).not.toContain('<img');
  });

  it('has its difference as text', async () => {
    const path = `/proj/pull-request/${pullRequest.pull_request_id}.diff`;
    const { headers, text } = await get(path, bearer(stage.keys.reviewer));
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text).toContain('+new <b>text</b>\n');
  });

  it('is not at another repository, nor anywhere else', async () => {
    const id = pullRequest.pull_request_id;
    for (const path of [`/open/pull-request/${id}`, '/proj/pull-request/999', '/proj/pull-request/x'])
      expect((await get(path, bearer(gateway.adminKey))).status, path).toBe(404);
  });
});

describe('the page of a gist', () => {
  const make = (gist_type: string) =>
    gateway.call<{ gist: { access_id: string; url: string } }>(
      'create_gist',
      {
        gist_type,
        description: 'A <b>gist</b>',
        files: { 'a b.html': { content: '<script>alert(1)</script>' }, 'é.txt': { content: 'ü' } },
      },
      stage.keys.owner,
    );

  it('shows its files, each also as it is', async () => {
    const { gist } = await make('public');
    const path = new URL(gist.url).pathname;
    const page = await get(path, bearer(stage.keys.stranger));
    expect(page.status).toBe(200);
    expect(page.text).toContain('A &lt;b&gt;gist&lt;/b&gt;');
    expect(page.text).not.toContain('<script>');
    for (const file of [`${path}/raw/a%20b.html`, `${path}/tip/raw/a%20b.html`]) {
      const { status, headers, text } = await get(file, bearer(stage.keys.stranger));
      expect(status).toBe(200);
      expect(text).toBe('<script>alert(1)</script>');
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(headers['content-security-policy']).toMatch(/sandbox$/);
    }
    expect((await get(`${path}/raw/nothing`, bearer(stage.keys.stranger))).status).toBe(404);
  });

  it('is for its owner alone when it is private, and for others as if it were not there', async () => {
    const { gist } = await make('private');
    const path = new URL(gist.url).pathname;
    expect((await get(path, bearer(stage.keys.owner))).status).toBe(200);
    for (const headers of [bearer(stage.keys.stranger), nobody]) {
      const absent = await get('/_admin/gists/none', headers);
      expect(told(await get(path, headers)).status).toBe(absent.status);
      expect((await get(path, headers)).headers['www-authenticate']).toBe(absent.headers['www-authenticate']);
    }
  });
});

/** Every address of the gateway that a result or a payload carries. */
function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/http:\/\/gateway\.test[^\s"'<>]*/g) ?? [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name.endsWith('url') && typeof member === 'string' && member.startsWith('/')
      ? [member]
      : addressesIn(member),
  );
}

describe.each(TYPES)('behind every address in results and payloads of %s', (type) => {
  it('is a page', async () => {
    const repoid = `addressed-${type}`;
    await gateway.call('create_repo', { repo_name: repoid, repo_type: type });
    const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, repoid));
    tree.commit('a%20b #.txt', 'one\n', 'First');
    tree.push();
    tree.branch('topic/ü#1');
    const raw_id = tree.commit('b.txt', 'two\n', 'Second');
    tree.push();
    tree.remove();
    await gateway.call('invalidate_cache', { repoid });
    const main = type === 'git' ? 'main' : 'default';
    const refs = { source_ref: 'branch:topic/ü#1', target_ref: `branch:${main}` };
    const told: unknown[] = [];
    const tell = async <Result>(method: string, args: object): Promise<Result> => {
      const result = await gateway.call<Result>(method, args);
      told.push(result);
      return result;
    };
    await tell('create_pull_request', { source_repo: repoid, target_repo: repoid, ...refs, title: 'T' });
    const [pull] = await tell<Overview[]>('get_pull_requests', { repoid });
    const pullrequestid = pull?.pull_request_id ?? 0;
    await tell('get_pull_request', { pullrequestid });
    await tell('get_pullrequest', { pullrequest_id: pullrequestid });
    await tell('comment_pull_request', { pullrequestid, message: 'look' });
    await tell('get_pull_request_comments', { pullrequestid });
    await tell('comment_changeset', { repoid, raw_id, comment_msg: 'look' });
    await tell('get_changeset', { repoid, raw_id });
    await tell('get_changesets', { repoid });
    await tell('get_repo_comments', { repoid });
    await tell('fork_repo', { repoid, fork_name: `${repoid}-fork` });
    await tell('get_repo', { repoid: `${repoid}-fork` });
    await tell('get_repos', {});
    const files = { 'a b#?.txt': { content: 'x' } };
    const { gist } = await tell<{ gist: { access_id: string } }>('create_gist', {
      gist_type: 'private',
      files,
    });
    await tell('get_gist', { gistid: gist.access_id });
    await tell('get_events', { limit: 200 });
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid });
    const addresses = [...new Set([...addressesIn(told), `/_${repo_id}`])];
    const paths = addresses.map((address) => address.replace(/^http:\/\/gateway\.test|#.*$/g, ''));
    expect(paths).toEqual(
      expect.arrayContaining([`/${repoid}`, `/${repoid}-fork`, `/_admin/gists/${gist.access_id}`]),
    );
    expect(paths.filter((path) => path.includes('/pull-request/')).length).toBeGreaterThan(1);
    for (const path of paths) {
      const { status, headers } = await get(path, bearer(gateway.adminKey));
      expect([path, status, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
    }
  });
});
