import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { programsIn } from '../harness/processes.js';
import { followEvents } from '../harness/recorded-events.js';
import { bearer, leaveEarly } from '../harness/web.js';

let gateway: TestGateway;
let client: Client;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = new Client();
});
afterAll(async () => {
  client.remove();
  await gateway.close();
});

/** Ten files in ten directories in ten directories...: some bytes that name ten thousand million files. */
async function bomb(): Promise<string> {
  await client.git('.', 'init', '-q', '-b', 'main', 'bomb');
  client.write('bomb/file', 'x'.repeat(1024));
  let entry = `100644 blob ${await client.git('bomb', 'hash-object', '-w', 'file')}`;
  for (let level = 0; level < 10; level += 1) {
    const names = Array.from({ length: 10 }, (_, index) => `${entry}\tlevel-${level}-${index}`);
    client.write('tree', `${names.join('\n')}\n`);
    const made = await client.run('git', 'bomb', ['-c', 'alias.make=!git mktree < ../tree', 'make']);
    entry = `040000 tree ${made}`;
  }
  return client.git('bomb', 'commit-tree', '-m', 'boom', entry.slice('040000 tree '.length));
}

describe('a tree that is larger when it is read', () => {
  it('is taken, told of and refused where it would be listed, without the memory that it asks for', async () => {
    const repoid = 'bomb';
    await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git', enable_downloads: true });
    const events = await followEvents(gateway);
    const id = await bomb();
    await client.git(
      'bomb',
      'push',
      '-q',
      addressOf(gateway, repoid, 'admin', gateway.adminKey),
      `${id}:refs/heads/main`,
    );
    expect((await events()).map(({ type }) => type)).toEqual(['repo.pushed', 'branch.created']);
    for (const [method, args] of [
      ['get_repo_nodes', { revision: 'main', root_path: '/' }],
      ['get_repo_fts_tree', { commit_id: 'main', root_path: '/' }],
      ['get_repo_changeset', { revision: 'main', details: 'full' }],
      ['get_changesets', { with_file_list: true }],
    ] as const)
      expect(await gateway.refusal(method, { repoid, ...args })).not.toMatch(/internal/i);
    expect(await gateway.call('get_changesets', { repoid })).toHaveLength(1);
    for (const view of [`changeset/${id}`, `raw-diff/${id}`, 'archive/main.zip'])
      await leaveEarly(gateway, `/${repoid}/${view}`, bearer(gateway.adminKey)).catch(() => undefined);
    const programs = () => programsIn(gateway.settings.repoRoot, /archive|diff-tree/);
    await expect.poll(programs, { timeout: 30_000 }).toEqual([]);
  });
});
