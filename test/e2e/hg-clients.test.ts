import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
let client: Client;
let repo: string;
let count = 0;

const address = (name = repo) => addressOf(gateway, name, 'admin', gateway.adminKey);

describe.skipIf(!hasHg)(
  hasHg ? 'a Mercurial client' : 'a Mercurial client (skipped: hg is not installed)',
  () => {
    beforeAll(async () => {
      gateway = await startTestGateway();
    });
    afterAll(() => gateway.close());
    beforeEach(async () => {
      client = new Client();
      count += 1;
      repo = `project${count}`;
      await gateway.call('create_repo', { repo_name: repo, repo_type: 'hg' });
    });
    afterEach(() => client.remove());

    it('clones, pushes and pulls what another one pushed', async () => {
      await client.hg('.', 'clone', address(), 'work');
      const first = await client.commit('hg', 'work', 'a.txt', 'one');
      await client.hg('work', 'push', address());
      await client.hg('.', 'clone', address(), 'other');
      expect(await client.hg('other', 'log', '-r', '.', '-T', '{node}')).toBe(first);
      const second = await client.commit('hg', 'work', 'a.txt', 'two');
      await client.hg('work', 'push', address());
      await client.hg('other', 'pull', '-u', address());
      expect(await client.hg('other', 'log', '-r', '.', '-T', '{node}')).toBe(second);
    });
  },
);
