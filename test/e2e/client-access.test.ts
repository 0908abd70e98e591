import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
let client: Client;
let keys: { reader: string; writer: string; stranger: string };

const PUBLIC = 'open';
const PRIVATE = 'hidden';
const ADVERTISED = { fetch: 'git-upload-pack', push: 'git-receive-pack' } as const;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new Client();
  const user = async (name: string) => (await gateway.createUser(name, { password: 'secret' })).key;
  keys = { reader: await user('reader'), writer: await user('writer'), stranger: await user('stranger') };
  for (const [repo_name, isPrivate] of [
    [PUBLIC, false],
    [PRIVATE, true],
  ] as const) {
    await gateway.call('create_repo', { repo_name, repo_type: 'git', private: isPrivate });
    await gateway.call('grant_user_permission', {
      repoid: repo_name,
      userid: 'reader',
      perm: 'repository.read',
    });
    await gateway.call('grant_user_permission', {
      repoid: repo_name,
      userid: 'writer',
      perm: 'repository.write',
    });
  }
  await gateway.call('grant_user_permission', {
    repoid: PRIVATE,
    userid: 'default',
    perm: 'repository.read',
  });
  await gateway.call('create_repo', { repo_name: 'hg', repo_type: 'hg' }).catch(() => undefined);
});
afterAll(async () => {
  client.remove();
  await gateway.close();
});

type Asked = { status: number; text: string; headers: Headers };

async function ask(path: string, key?: string, init: RequestInit = {}): Promise<Asked> {
  const headers = new Headers(init.headers);
  if (key !== undefined) headers.set('authorization', `Basic ${Buffer.from(`${key}:`).toString('base64')}`);
  const response = await fetch(`${gateway.url}/${path}`, { ...init, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
const advertisement = (repo: string, operation: 'fetch' | 'push', key?: string) =>
  ask(`${repo}/info/refs?service=${ADVERTISED[operation]}`, key);
/** What a client can tell apart. */
const told = ({ status, text, headers }: Asked, name: string) => ({
  status,
  text: text.replaceAll(name, '<name>'),
  challenge: headers.get('www-authenticate'),
});

describe('the right to a repository', () => {
  it.each([
    ['reader', 200, 404],
    ['writer', 200, 200],
  ] as const)('of a %s decides over fetch (%i) and push (%i)', async (who, fetched, pushed) => {
    for (const repo of [PUBLIC, PRIVATE]) {
      expect((await advertisement(repo, 'fetch', keys[who])).status).toBe(fetched);
      expect((await advertisement(repo, 'push', keys[who])).status).toBe(pushed);
    }
  });

  it('is asked for the push itself, not only before it', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-receive-pack-request' },
      body: '0000',
    };
    expect((await ask(`${PUBLIC}/git-receive-pack`, keys.reader, init)).status).toBe(404);
    expect((await ask(`${PUBLIC}/git-receive-pack`, undefined, init)).status).toBe(401);
    expect((await ask(`${PUBLIC}/git-receive-pack`, keys.writer, init)).status).toBe(200);
  });

  it('looks like no repository when it is missing, to whoever signed in and to whoever did not', async () => {
    for (const anonymous_access of [false, true]) {
      await gateway.call('update_settings', { anonymous_access });
      for (const operation of ['fetch', 'push'] as const) {
        const hidden = await advertisement(PRIVATE, operation, keys.stranger);
        const missing = await advertisement('nothing', operation, keys.stranger);
        expect(told(hidden, PRIVATE)).toEqual(told(missing, 'nothing'));
        expect(hidden.status).toBe(404);
        const [unknown, nobody] = [
          await advertisement(PRIVATE, operation),
          await advertisement('nothing', operation),
        ];
        expect(told(unknown, PRIVATE)).toEqual(told(nobody, 'nothing'));
        expect(unknown).toMatchObject({ status: 401 });
        expect(unknown.headers.get('www-authenticate')).toMatch(/^Basic /);
      }
    }
    await gateway.call('update_settings', { anonymous_access: false });
  });

  it('is read for everybody while anonymous access is on, but not where `default` has none', async () => {
    expect((await advertisement(PUBLIC, 'fetch')).status).toBe(401);
    await gateway.call('update_settings', { anonymous_access: true });
    expect((await advertisement(PUBLIC, 'fetch')).status).toBe(200);
    expect((await advertisement(PUBLIC, 'push')).status).toBe(401);
    expect((await advertisement(PRIVATE, 'fetch')).status).toBe(401);
    await gateway.call('grant_user_permission', {
      repoid: PUBLIC,
      userid: 'default',
      perm: 'repository.none',
    });
    expect((await advertisement(PUBLIC, 'fetch')).status).toBe(401);
    await gateway.call('grant_user_permission', {
      repoid: PUBLIC,
      userid: 'default',
      perm: 'repository.read',
    });
    await gateway.call('update_settings', { anonymous_access: false });
  });

  it('is limited by the scopes of a key', async () => {
    const key = async (...scopes: string[]) => {
      const made = await gateway.call<{ api_key: string }>('create_api_key', {
        userid: 'writer',
        description: scopes.join(),
        scopes,
      });
      return made.api_key;
    };
    const statuses = async (made: string, repo = PUBLIC) => [
      (await advertisement(repo, 'fetch', made)).status,
      (await advertisement(repo, 'push', made)).status,
    ];
    expect(await statuses(await key('read'))).toEqual([200, 403]);
    expect(await statuses(await key('fetch', 'push'))).toEqual([200, 200]);
    expect(await statuses(await key('create_repo'))).toEqual([403, 403]);
    const limited = await key('repo:op*');
    expect(await statuses(limited)).toEqual([200, 200]);
    expect(await statuses(limited, PRIVATE)).toEqual([403, 403]);
    expect((await advertisement(PRIVATE, 'fetch', limited)).text).toContain('lacks the scope `repo:hidden`');
  });

  it('ends with the account', async () => {
    const { key } = await gateway.createUser('leaver', { password: 'secret' });
    expect((await advertisement(PUBLIC, 'fetch', key)).status).toBe(200);
    await gateway.call('update_user', { userid: 'leaver', active: false });
    expect((await advertisement(PUBLIC, 'fetch', key)).status).toBe(401);
  });
});

describe('what is not served', () => {
  it("is git's dumb protocol", async () => {
    const { status, text } = await ask(`${PUBLIC}/info/refs`, keys.reader);
    expect({ status, text }).toEqual({
      status: 403,
      text: expect.stringContaining('smart protocol') as string,
    });
  });

  it('is LFS, in a form that its client understands', async () => {
    const { status, text, headers } = await ask(`${PUBLIC}.git/info/lfs/objects/batch`, keys.writer, {
      method: 'POST',
    });
    expect(status).toBe(501);
    expect(headers.get('content-type')).toBe('application/vnd.git-lfs+json');
    expect(JSON.parse(text)).toEqual({ message: expect.stringContaining('LFS is not served') as string });
  });

  it('is SSH, which its client is told in its own protocol', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.write('SSH-2.0-OpenSSH_9.2\r\n');
    const said = Buffer.concat(await socket.toArray());
    const end = said.indexOf('\r\n') + 2;
    expect(said.toString('latin1', 0, end)).toBe('SSH-2.0-forgegate\r\n');
    // A packet: its length, the length of its padding, the number of the message, the reason, the text
    expect(said.readUInt32BE(end) + 4).toBe(said.length - end);
    expect((said.length - end) % 8).toBe(0);
    expect(said[end + 5]).toBe(1);
    expect(said.toString('latin1', end)).toContain('SSH is not served here');
  });

  it.each([
    ['no gzip', Buffer.from('0000')],
    // git waits for the rest of a line of 65,520 bytes, and does not end before
    ['half of one', gzipSync(`fff0${'0'.repeat(1_000)}`).subarray(0, 20)],
    ['a broken one', Buffer.concat([gzipSync(''), gzipSync('0000').fill(0xff, 10)])],
  ])('is a compressed request that is %s', async (_what, body) => {
    for (const service of Object.values(ADVERTISED)) {
      const headers = { 'content-type': `application/x-${service}-request`, 'content-encoding': 'gzip' };
      const init = { method: 'POST', headers, body: new Uint8Array(body) };
      const { status, text } = await ask(`${PUBLIC}/${service}`, keys.writer, init);
      expect({ status, text }, service).toEqual({
        status: 400,
        text: 'the body is not the gzip that its content encoding promises\n',
      });
    }
    expect((await advertisement(PUBLIC, 'push', keys.writer)).status).toBe(200);
  });

  it('is a form of another site', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '0000' };
    expect((await ask(`${PUBLIC}/git-receive-pack`, keys.writer, init)).status).toBe(415);
  });

  it('tells a client that counts objects in another way what git says to it', async () => {
    const line = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/x\0report-status side-band-64k object-format=sha256\n`;
    const { status, text } = await ask(`${PUBLIC}/git-receive-pack`, keys.writer, {
      method: 'POST',
      body: `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`,
      headers: { 'content-type': 'application/x-git-receive-pack-request' },
    });
    expect(status).toBe(200);
    expect(text).toContain("unsupported object format 'sha256'");
  });

  it('is a repository that is still being made', async () => {
    const { DataSource } = await import('typeorm');
    const db = await new DataSource({
      type: 'postgres',
      url: gateway.settings.databaseUrl as string,
    }).initialize();
    const remember = (state: string) =>
      db.query(`UPDATE repo SET repo_state = $1 WHERE repo_name = '${PUBLIC}'`, [state]);
    await remember('repo_state_pending');
    await gateway.call('update_repo', { repoid: PRIVATE, description: 'caches are dropped' });
    await gateway.call('update_settings', { anonymous_access: false });
    const { stderr } = await client.try('git', '.', [
      'ls-remote',
      addressOf(gateway, PUBLIC, 'reader', 'secret'),
    ]);
    expect(stderr).toContain('is still being created');
    expect((await advertisement(PUBLIC, 'fetch', keys.reader)).status).toBe(503);
    await remember('repo_state_created');
    await gateway.call('update_settings', { anonymous_access: false });
    await db.destroy();
  });

  it.skipIf(!hasHg)('is a Mercurial repository to git, and the other way round', async () => {
    const key = gateway.adminKey;
    expect((await advertisement('hg', 'fetch', key)).text).toContain('is a Mercurial repository');
    expect((await ask(`${PUBLIC}?cmd=capabilities`, key)).text).toContain('is a git repository');
  });
});

describe('failed logins', () => {
  it('of a client are throttled', async () => {
    const strict = await startTestGateway({ FORGEGATE_FAILED_LOGINS_PER_MINUTE: '2' });
    const login = () =>
      fetch(`${strict.url}/x/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Basic ${Buffer.from('ann:guess').toString('base64')}` },
      });
    expect([(await login()).status, (await login()).status]).toEqual([401, 401]);
    const refused = await login();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await strict.close();
  });
});

describe('a client that leaves', () => {
  it('in the middle of a push changes nothing, and leaves no program behind', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    const basic = Buffer.from(`${keys.writer}:`).toString('base64');
    socket.write(
      `POST /${PUBLIC}/git-receive-pack HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${basic}\r\n` +
        'Content-Type: application/x-git-receive-pack-request\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n00a40\r\n',
    );
    const running = async () => {
      const text = await (await fetch(`${gateway.url}/_admin/metrics`)).text();
      return Number(/^vcs_requests_running\{[^}]*operation="push"[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    await expect.poll(running).toBe(1);
    socket.destroy();
    await expect.poll(running, { timeout: 10_000 }).toBe(0);
    expect((await advertisement(PUBLIC, 'push', keys.writer)).status).toBe(200);
  });
});

describe('a client for whom there is no place', () => {
  it('waits until there is one', async () => {
    const small = await startTestGateway({ FORGEGATE_TRANSFER_CONCURRENCY: '1' });
    await small.call('create_repo', { repo_name: 'small', repo_type: 'git' });
    const address = addressOf(small, 'small', 'admin', small.adminKey);
    const all = await Promise.all(
      Array.from({ length: 5 }, () => client.try('git', '.', ['ls-remote', address])),
    );
    expect(all.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 5 }, () => ({ code: 0, stderr: '' })),
    );
    await small.close();
  });
});
