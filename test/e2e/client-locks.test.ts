import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
let client: Client;
let writer: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  writer = (await gateway.createUser('writer')).key;
});
afterAll(() => gateway.close());
beforeEach(() => {
  client = new Client();
});
afterEach(() => client.remove());

describe.each(REPO_TYPES)('a locked repository', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(`of ${skippedTitle(type)}`, () => {
    const repo = `locked-${type}`;
    const admin = () => addressOf(gateway, repo, 'admin', gateway.adminKey);
    const own = () => addressOf(gateway, repo, 'writer', writer);
    const pushTo = (address: string) =>
      client.try(type, 'work', type === 'git' ? ['push', address, 'HEAD:main'] : ['push', address]);
    const lock = () => gateway.call<{ locked: boolean; locked_by: string | null }>('lock', { repoid: repo });

    beforeAll(async () => {
      await gateway.call('create_repo', { repo_name: repo, repo_type: type });
      await gateway.call('grant_user_permission', {
        repoid: repo,
        userid: 'writer',
        perm: 'repository.write',
      });
    });

    it('takes no push, tells whose it is, and can be read', async () => {
      await client.run(type, '.', ['clone', own(), 'work']);
      await client.commit(type, 'work', 'a.txt', 'one');
      await gateway.call('lock', { repoid: repo, locked: true });
      const refused = await pushTo(own());
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(`Repository \`${repo}\` locked by user \`admin\``);
      await client.run(type, '.', ['clone', own(), 'again']);
      expect((await pushTo(admin())).code).toBe(0);
      await gateway.call('lock', { repoid: repo, locked: false });
      expect((await pushTo(own())).stderr).not.toContain('locked');
    });

    it('is locked by the pull and unlocked by the push of a writer, where that is wanted', async () => {
      await gateway.call('update_repo', { repoid: repo, enable_locking: true });
      await client.run(type, '.', ['clone', own(), 'work']);
      await expect.poll(lock).toMatchObject({ locked: true, locked_by: 'writer' });
      await client.commit(type, 'work', 'b.txt', 'two');
      expect((await pushTo(admin())).stderr).toContain('locked by user `writer`');
      expect((await pushTo(own())).code).toBe(0);
      expect(await lock()).toMatchObject({ locked: false });
      await gateway.call('update_repo', { repoid: repo, enable_locking: false });
    });
  });
});
