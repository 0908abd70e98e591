import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { Target } from './target.js';

/** Of the networks that are not public only this one is open, so that something may redirect from there. */
const OPEN = '127.0.0.2';

let target: Target;
let inside: Server;
let asked: string[];
beforeAll(async () => {
  target = await Target.start({ FORGEGATE_ALLOW_PRIVATE_NETWORKS: `${OPEN}/32` });
  inside = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end('secret of the inside');
  });
  // Of both families
  inside.listen(0);
  await once(inside, 'listening');
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  inside.close();
  await target.close();
});

const port = () => (inside.address() as AddressInfo).port;
const NAMES = ['localhost', 'LOCALHOST.', hostname()];
const WRITTEN = [
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '127.0.0.1.',
  '0.0.0.0',
  '127。0。0。1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[fe80::1]',
  '[fc00::1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '[fd00:ec2::254]',
];
const SCHEMES = [
  'ext::sh -c touch% %',
  'file:///etc',
  'file://localhost/etc',
  '/etc',
  '../../etc',
  'ssh://-oProxyCommand=touch%20x/y',
  'ssh://host/x',
  'git@host:x',
  'git://host/x',
  'ftp://host/x',
  'gopher://127.0.0.1/x',
  'static-http://127.0.0.1/x',
  'bundle:/etc/passwd',
  'union:/etc+/etc',
  'path:../other',
  '--upload-pack=touch',
  '-oProxyCommand=touch',
  'http://-oProxyCommand=touch/x',
  'https://host/x#--config',
  'http://host\\@127.0.0.1/x',
  'http://host\n127.0.0.1/x',
  'http:///etc/passwd',
];

describe.each(REPO_TYPES)('the source of a repository of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    let repoid: string;
    const refused = async (method: string, args: object) => {
      const told = await target.gateway.refusal(method, args);
      expect(target.leaks(told), told).toBe(false);
      expect(told).not.toContain('secret of the inside');
      return told;
    };
    beforeAll(async () => {
      repoid = `source-${type}`;
      await target.gateway.call('create_repo', { repo_name: repoid, repo_type: type });
    });

    it.each([...NAMES, ...WRITTEN])('is not dialled at %s, at first or later', async (host) => {
      const clone_uri = `http://ann:pw@${host}:${port()}/x`;
      const name = `from-inside-${type}`;
      await refused('create_repo', { repo_name: name, repo_type: type, clone_uri });
      expect(existsSync(join(target.gateway.settings.repoRoot, name))).toBe(false);
      expect(await target.gateway.refusal('get_repo', { repoid: name })).toContain('does not exist');
      const changed = await target.gateway.rpc('update_repo', { repoid, clone_uri });
      expect('error' in changed || (await refused('pull', { repoid }))).toBeTruthy();
      expect(asked).toEqual([]);
      expect(target.damage()).toEqual([]);
    });

    it.each(SCHEMES)('is no %s, neither of a new one nor of one that is there', async (clone_uri) => {
      await refused('create_repo', { repo_name: `of-scheme-${type}`, repo_type: type, clone_uri });
      const changed = await target.gateway.rpc('update_repo', { repoid, clone_uri });
      if (!('error' in changed)) await refused('pull', { repoid });
      expect(asked).toEqual([]);
      expect(target.damage()).toEqual([]);
    });

    it('is not another one because it says so', async () => {
      const redirecting = createServer((request, response) => {
        response.writeHead(302, { location: `http://127.0.0.1:${port()}${request.url}` }).end();
      });
      redirecting.listen(0, OPEN);
      await once(redirecting, 'listening');
      const clone_uri = `http://${OPEN}:${(redirecting.address() as AddressInfo).port}/x`;
      await refused('create_repo', { repo_name: `redirected-${type}`, repo_type: type, clone_uri });
      await target.gateway.call('update_repo', { repoid, clone_uri });
      await refused('pull', { repoid });
      redirecting.close();
      expect(asked).toEqual([]);
    });
  });
});

describe('the address of a webhook', () => {
  it.each([...NAMES, ...WRITTEN])('is not dialled at %s', async (host) => {
    const made = await target.gateway.rpc('create_webhook', {
      url: `http://${host}:${port()}/hook`,
      event_types: ['webhook.ping'],
    });
    const { result } = made as { result?: { webhook_id: number } };
    if (result) {
      await target.gateway.rpc('ping_webhook', { webhook_id: result.webhook_id });
      await expect
        .poll(async () => {
          const { deliveries } = await target.gateway.call<{ deliveries: { attempts: number }[] }>(
            'get_deliveries',
            { webhook_id: result.webhook_id },
          );
          return deliveries.length > 0 && deliveries.every(({ attempts }) => attempts > 0);
        })
        .toBe(true);
    }
    expect(asked).toEqual([]);
  });
});
