import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { StartedPrograms } from '../harness/processes.js';
import { WorkTree } from '../harness/repositories.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { bearer, visit } from '../harness/web.js';

/** Changesets, files and branches. */
const MANY = 15;
/** Of git, while its refs are too young to be kept: refs, order, files, reader. */
const AT_MOST = 4;

let gateway: TestGateway;
const started = new StartedPrograms();
beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api' });
});
afterAll(async () => {
  started.stop();
  await gateway.close();
});

const METHODS: readonly (readonly [string, object])[] = [
  ['get_changesets', {}],
  ['get_changesets', { with_file_list: true }],
  ['get_repo_changesets', { start_rev: '0', limit: 100, details: 'full' }],
  ['get_repo_nodes', { revision: 'tip', root_path: '/' }],
  ['get_repo_nodes', { revision: 'tip', root_path: '/', details: 'full' }],
  ['get_repo_refs', {}],
];
const VIEWS = ['', '/feed/atom', '/feed/rss', '/refs-data', '/changeset/tip'];

describe.each(REPO_TYPES)('what is read of a repository of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    /** Processes by what was asked, nothing of the repository being known. */
    const costs = async (repoid: string): Promise<[string, number][]> => {
      const found: [string, number][] = [];
      const count = async (name: string, ask: () => Promise<unknown>) => {
        await gateway.call('invalidate_cache', { repoid });
        started.count = 0;
        await ask();
        found.push([name, started.count]);
      };
      for (const [method, args] of METHODS)
        await count(`${method} ${JSON.stringify(args)}`, () => gateway.call(method, { repoid, ...args }));
      for (const view of VIEWS)
        await count(view, async () => {
          const { status } = await visit(gateway, `/${repoid}${view}`, { headers: bearer(gateway.adminKey) });
          expect(status, view).toBe(200);
        });
      return found;
    };

    it('starts no process for each changeset, file or name', async () => {
      const repoid = `costs-${type}`;
      await gateway.call('create_repo', { repo_name: repoid, repo_type: type });
      const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, repoid));
      for (let number = 0; number < MANY; number += 1) {
        tree.branch(`branch-${number}`);
        tree.commit(`file-${number}`, String(number), `Change ${number}`);
      }
      tree.push();
      const found = await costs(repoid);
      expect(found.filter(([, count]) => count > AT_MOST)).toEqual([]);
      expect(found.some(([, count]) => count > 0)).toBe(true);
      expect(await gateway.call('get_changesets', { repoid })).toHaveLength(MANY);
      // What is told of the files of a commit is read once
      const [changeset] = await gateway.call<{ raw_id: string }[]>('get_changesets', { repoid });
      const basic = { repoid, revision: changeset?.raw_id, root_path: '/', details: 'basic' };
      const first = await gateway.call('get_repo_nodes', basic);
      started.count = 0;
      expect(await gateway.call('get_repo_nodes', basic)).toEqual(first);
      expect(started.count).toBe(0);
      tree.remove();
    });
  });
});
