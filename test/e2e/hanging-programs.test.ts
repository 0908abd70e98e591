import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { runningProcesses } from '../harness/processes.js';
import { WorkTree } from '../harness/repositories.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { bearer, visit } from '../harness/web.js';

const POOLED = { git: 'cat-file --batch-command', hg: 'serve --cmdserver pipe' } as const;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_CALL_DEADLINE_MS: '1000' });
});
afterAll(() => gateway.close());

const pooled = (type: 'git' | 'hg') =>
  runningProcesses().filter(({ parent, args }) => parent === process.pid && args.includes(POOLED[type]));

describe.each(REPO_TYPES)('a program of %s that reads and hangs', (type) => {
  it.skipIf(type === 'hg' && !hasHg)(
    `is killed when the time of the call is over, and others are served (${skippedTitle(type)})`,
    async () => {
      const repoid = `hanging-${type}`;
      await gateway.call('create_repo', { repo_name: repoid, repo_type: type });
      const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, repoid));
      for (const file of ['one', 'two', 'three']) tree.commit(file, file, file);
      tree.push();
      tree.remove();
      const commit_id = type === 'git' ? 'main' : 'default';
      const read = (file_path: string) =>
        gateway.rpc('get_repo_file', { repoid, commit_id, file_path, details: 'full' });
      const content = { result: { content: 'one' } };
      expect(await read('one')).toMatchObject(content);
      const stopped = pooled(type);
      expect(stopped.length).toBeGreaterThan(0);
      for (const { pid } of stopped) process.kill(pid, 'SIGSTOP');
      // More of them than there are programs
      const answers = await Promise.all(stopped.map(() => read('two')));
      expect(answers.map((answer) => 'error' in answer)).toEqual(stopped.map(() => true));
      expect(await read('one')).toMatchObject(content);
      const view = await visit(gateway, `/${repoid}/raw/${commit_id}/three`, {
        headers: bearer(gateway.adminKey),
      });
      expect([view.status, view.text]).toEqual([200, 'three']);
      const killed = () => pooled(type).filter(({ pid }) => stopped.some((each) => each.pid === pid));
      await expect.poll(killed, { timeout: 10_000 }).toEqual([]);
    },
  );
});
