import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, REPO_TYPES, skippedTitle, VcsSandbox } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
const users = {} as Record<'owner' | 'reader' | 'writer' | 'stranger', { key: string }>;
beforeAll(async () => {
  gateway = await startTestGateway();
  for (const name of ['owner', 'reader', 'writer', 'stranger'] as const)
    users[name] = await gateway.createUser(name);
});
afterAll(() => Promise.all([gateway.close(), VcsSandbox.end()]));

describe.each(REPO_TYPES)('reading repositories', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repoid = `nodes-${type}`;
    const box = new VcsSandbox();
    let directory: string;
    let ids: string[];

    beforeAll(async () => {
      await gateway.call('create_repo', {
        repo_name: repoid,
        repo_type: type,
        private: true,
        owner: 'owner',
      });
      for (const [userid, perm] of [
        ['reader', 'repository.read'],
        ['writer', 'repository.write'],
      ]) {
        await gateway.call('grant_user_permission', { repoid, userid, perm });
      }
      directory = join(gateway.settings.repoRoot, repoid);
      const below = ['src/z.c', 'src/lib/y.c', 'src.d/x.c', 'docs/deep/er/w.md'];
      ids = [];
      for (const file of ['b.txt', 'a.txt', 'ä ö', ...below])
        ids.push(await box.commit(type, directory, { file }));
    });
    afterAll(() => box.remove());

    const nodes = async (args: object, key = users.reader.key) =>
      (
        await gateway.call<{ name: string; type: string }[]>(
          'get_repo_nodes',
          { repoid, revision: 'tip', root_path: '/', ...args },
          key,
        )
      ).map(({ name, type: kind }) => `${kind} ${name}`);
    const dirs = ['dir docs', 'dir src', 'dir src.d', 'dir docs/deep', 'dir docs/deep/er', 'dir src/lib'];
    const files = [
      'file a.txt',
      'file b.txt',
      'file ä ö',
      'file docs/deep/er/w.md',
      'file src/z.c',
      'file src/lib/y.c',
      'file src.d/x.c',
    ];

    describe('get_repo_nodes', () => {
      it('lists directories before files, those above before those below', async () => {
        expect(await nodes({})).toEqual([...dirs, ...files]);
        expect(await nodes({ ret_type: 'dirs' })).toEqual(dirs);
        expect(await nodes({ ret_type: 'files', root_path: '' })).toEqual(files);
      });

      it('begins below a directory, with full paths', async () => {
        const below = ['dir src/lib', 'file src/z.c', 'file src/lib/y.c'];
        for (const root_path of ['src', '/src/', '//src']) expect(await nodes({ root_path })).toEqual(below);
      });

      it('takes every way to write a revision', async () => {
        for (const revision of [ids[1], ids[1]?.slice(0, 9), 1, '1', -6]) {
          expect(await nodes({ revision })).toEqual(['file a.txt', 'file b.txt']);
        }
      });

      it('refuses with the documented words', async () => {
        const refuse = (args: object, key = users.reader.key) =>
          gateway.refusal('get_repo_nodes', { repoid, revision: 'tip', root_path: '/', ...args }, key);
        const failed = `failed to get repo: \`${repoid}\` nodes`;
        for (const args of [
          { revision: 'nope' },
          { revision: '--output=/tmp/x' },
          { root_path: 'none' },
          { root_path: 'a.txt' },
          { root_path: '../..' },
          { root_path: 'src/../src' },
        ]) {
          expect(await refuse(args)).toBe(failed);
        }
        expect(await refuse({ ret_type: 'both' })).toBe('ret_type must be one of all,dirs,files');
        expect(await refuse({}, users.stranger.key)).toBe(`repository \`${repoid}\` does not exist`);
        expect(await gateway.refusal('get_repo_nodes', { repoid })).toBe(
          'Missing non optional `root_path` arg in JSON DATA',
        );
        await gateway.call('create_repo', { repo_name: `bare-${type}`, repo_type: type });
        expect(await refuse({ repoid: `bare-${type}` })).toBe(`failed to get repo: \`bare-${type}\` nodes`);
      });
    });

    describe('invalidate_cache', () => {
      const lastChangeset = async () =>
        (await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', { repoid })).last_changeset
          .raw_id;

      it('shows what was committed behind the back of the gateway', async () => {
        expect(await lastChangeset()).toBe('0'.repeat(40));
        const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid });
        expect(await gateway.call('invalidate_cache', { repoid: repo_id }, users.writer.key)).toEqual({
          msg: `Cache for repository \`${repo_id}\` was invalidated`,
          repository: repoid,
        });
        expect(await lastChangeset()).toBe(ids.at(-1));
      });

      it('needs write', async () => {
        for (const key of [users.reader.key, users.stranger.key]) {
          expect(await gateway.refusal('invalidate_cache', { repoid }, key)).toBe(
            `repository \`${repoid}\` does not exist`,
          );
        }
      });

      it('says that it failed when the repository cannot be read', async () => {
        const broken = `broken-${type}`;
        await gateway.call('create_repo', { repo_name: broken, repo_type: type });
        const place = join(gateway.settings.repoRoot, broken);
        await rename(place, `${place}-away`);
        expect(await gateway.refusal('invalidate_cache', { repoid: broken })).toBe(
          'Error occurred during cache invalidation action',
        );
      });
    });
  });
});
