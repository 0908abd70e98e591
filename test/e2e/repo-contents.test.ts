import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, REPO_TYPES, skippedTitle, VcsSandbox } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
let reader: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  reader = (await gateway.createUser('reader')).key;
});
afterAll(() => Promise.all([gateway.close(), VcsSandbox.end()]));

describe.each(REPO_TYPES)('what is in a repository', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repoid = `contents-${type}`;
    const box = new VcsSandbox();
    const main = type === 'git' ? 'main' : 'default';
    let directory: string;
    let ids: string[];
    /** What the sandbox writes into its second file. */
    const text = '1700000120';
    const md5 = createHash('md5').update(text).digest('hex');

    beforeAll(async () => {
      await gateway.call('create_repo', { repo_name: repoid, repo_type: type, private: true });
      await gateway.call('grant_user_permission', { repoid, userid: 'reader', perm: 'repository.read' });
      directory = join(gateway.settings.repoRoot, repoid);
      ids = [];
      for (const [file, message] of [
        ['README.md', 'first'],
        ['src/main.py', 'second'],
      ])
        ids.push(await box.commit(type, directory, { file, message }));
      await box.tag(type, directory, 'v1', ids[0] as string);
    });
    afterAll(() => box.remove());

    const call = <Result>(method: string, args: object, key = reader) =>
      gateway.call<Result>(method, { repoid, ...args }, key);

    it('has refs of every kind', async () => {
      const refs = await call<{ tags: Record<string, string> }>('get_repo_refs', {});
      const tip = type === 'hg' ? { tip: ids[1] } : {};
      expect(refs).toEqual({
        branches: { [main]: ids[1] },
        branches_closed: {},
        bookmarks: {},
        tags: { v1: ids[0], ...tip },
      });
    });

    it('shows a file in as much detail as is asked for', async () => {
      const file = (more: object) =>
        call('get_repo_file', { commit_id: 'tip', file_path: 'src/main.py', ...more });
      const name = { name: 'src/main.py', type: 'file' };
      const search = { md5, extension: 'py', binary: false, size: 10 };
      const basic = { ...search, mimetype: 'text/x-python' };
      expect(await file({ details: 'minimal' })).toEqual(name);
      expect(await file({ details: 'minimal+search' })).toEqual({ ...name, ...search });
      expect(await file({})).toMatchObject({ ...name, ...search });
      expect(await file({ details: 'full', cache: 'false' })).toMatchObject({
        ...basic,
        mimetype: expect.any(String),
        content: text,
        lines: 1,
      });
      expect(await file({ details: 'full', max_file_bytes: 9 })).toMatchObject({ content: null, size: 10 });
      expect(await file({ details: 'full', encoding: 'base64' })).toMatchObject({
        content: Buffer.from(text).toString('base64'),
      });
    });

    it('names the file that is not there', async () => {
      const refuse = (args: object) =>
        gateway.refusal(
          'get_repo_file',
          { repoid, commit_id: 'tip', file_path: 'src/main.py', ...args },
          reader,
        );
      const missing = (path: string, commit: string) =>
        `There is no file in repo: \`${repoid}\` at path \`${path}\` for commit: \`${commit}\``;
      expect(await refuse({ file_path: 'none' })).toBe(missing('none', 'tip'));
      expect(await refuse({ file_path: 'src' })).toBe(missing('src', 'tip'));
      expect(await refuse({ file_path: '../../etc/passwd' })).toBe(missing('../../etc/passwd', 'tip'));
      expect(await refuse({ commit_id: '--output=/tmp/x' })).toBe(missing('src/main.py', '--output=/tmp/x'));
      expect(await refuse({ details: 'more' })).toContain('argument `details`');
    });

    it('lists files with their checksums, for an indexer', async () => {
      const tree = await call<object[]>('get_repo_fts_tree', { commit_id: 'tip', root_path: '/' });
      expect(tree).toEqual([
        { name: 'README.md', md5: expect.any(String), extension: 'md', binary: false, size: 10 },
        { name: 'src/main.py', md5, extension: 'py', binary: false, size: 10 },
      ]);
    });

    it('adds details to the files of get_repo_nodes, not to directories', async () => {
      const nodes = (more: object) =>
        call<Record<string, unknown>[]>('get_repo_nodes', { revision: 'tip', root_path: '/src', ...more });
      expect(await nodes({})).toEqual([{ name: 'src/main.py', type: 'file' }]);
      const [basic] = await nodes({ details: 'basic' });
      expect(basic).toMatchObject({
        name: 'src/main.py',
        type: 'file',
        md5,
        binary: false,
        size: 10,
        lines: 1,
      });
      expect(basic).not.toHaveProperty('content');
      expect(await nodes({ details: 'full' })).toMatchObject([{ content: text }]);
      expect(await nodes({ details: 'full', max_file_bytes: 9 })).toMatchObject([{ content: null, md5 }]);
      const all = await nodes({ details: 'full', root_path: '' });
      expect(all[0]).toEqual({ name: 'src', type: 'dir' });
    });

    it('shows a changeset with parents, files and patches', async () => {
      const show = (details: string) =>
        call('get_repo_changeset', { revision: ids[1]?.slice(0, 12), details });
      const basic = {
        short_id: ids[1]?.slice(0, 12),
        raw_id: ids[1],
        revision: 1,
        message: 'second',
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
        author: 'Ann <ann@example.com>',
        parents: [{ raw_id: ids[0] }],
        branch: main,
        diff: [],
      };
      // git keeps the end of the last line
      const message = expect.stringMatching(/^second\s*$/);
      expect(await show('basic')).toEqual({ ...basic, message });
      expect(await show('extended')).toEqual({
        ...basic,
        message,
        diff: [{ filename: 'src/main.py', op: 'A' }],
      });
      expect(await show('full')).toEqual({
        ...basic,
        message,
        diff: [
          {
            filename: 'src/main.py',
            op: 'A',
            new_revision: ids[1],
            old_revision: ids[0],
            raw_diff: expect.stringMatching(
              /^diff --git a\/src\/main.py b\/src\/main.py\n[^]*\n\+1700000120/,
            ),
            stats: { added: 1, deleted: 0, binary: false },
          },
        ],
        refs: { branches: [main], bookmarks: [], tags: type === 'hg' ? ['tip'] : [] },
      });
      expect(await gateway.refusal('get_repo_changeset', { repoid, revision: 'nope' }, reader)).toBe(
        'Changeset nope does not exist',
      );
    });

    it('lists changesets from one towards the newest', async () => {
      const list = async (start_rev: string | number, limit: number | string, details = 'basic') =>
        (
          await call<{ raw_id: string; diff: unknown[] }[]>('get_repo_changesets', {
            start_rev,
            limit,
            details,
          })
        ).map(({ raw_id, diff }) => [raw_id, diff.length]);
      expect(await list('0', -1)).toEqual([
        [ids[0], 0],
        [ids[1], 0],
      ]);
      expect(await list(ids[0] as string, '1', 'extended')).toEqual([[ids[0], 1]]);
      expect(await list(1, 20, 'full')).toEqual([[ids[1], 1]]);
      expect(await list('0', 0)).toEqual([]);
      const refusal = await gateway.refusal(
        'get_repo_changesets',
        { repoid, start_rev: 'nope', limit: 1 },
        reader,
      );
      expect(refusal).toMatch(/^Error occurred during commit fetching: .*`nope`/);
    });

    it('is empty in an empty repository', async () => {
      const empty = `${repoid}-empty`;
      await gateway.call('create_repo', { repo_name: empty, repo_type: type });
      const ask = (method: string, args: object) => gateway.call(method, { repoid: empty, ...args });
      expect(await ask('get_repo_file', { commit_id: 'tip', file_path: 'a' })).toBeNull();
      expect(await ask('get_repo_fts_tree', { commit_id: 'tip', root_path: '' })).toEqual([]);
      expect(await ask('get_repo_refs', {})).toEqual({
        branches: {},
        branches_closed: {},
        bookmarks: {},
        tags: {},
      });
    });
  });
});
