import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasHg,
  loopbackClosed,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { HgCommand } from './hg/hg-command.js';
import { HgHistory } from './hg/hg-history.js';
import { HgLog } from './hg/hg-log.js';
import { Tool } from './tool.js';
import { VersionControlService } from './version-control.service.js';

/** More than one batch of git's has; Mercurial takes its time to make them. */
const COMMITS = { git: 2_500, hg: 600 };
const box = new VcsSandbox();
const log = box.path('started');
/** Programs that write a line for each start, in front of the real ones. */
const programs = box.path('bin');
let vcs: VersionControlService;
beforeAll(() => {
  mkdirSync(programs);
  for (const program of ['git', 'hg']) {
    const script = `#!/bin/sh\necho ${program} "$@" >> ${log}\nPATH="\${PATH#*:}" exec ${program} "$@"\n`;
    writeFileSync(`${programs}/${program}`, script);
    chmodSync(`${programs}/${program}`, 0o755);
  }
  vcs = new VersionControlService(loopbackClosed, `${programs}:${process.env.PATH ?? ''}`);
});
afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

async function startedBy(work: () => Promise<unknown>): Promise<string[]> {
  rmSync(log, { force: true });
  await work();
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
}

describe.each(REPO_TYPES)('reading a long history', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repo = box.path(`long-${type}`);
    beforeAll(async () => {
      await vcs.backend(type).create(repo);
      if (type === 'hg') {
        await box.hg(repo, ['debugbuilddag', '--new-file', `+${COMMITS.hg}`]);
        return;
      }
      const commits = Array.from({ length: COMMITS.git }, (_, index) => {
        const time = 1_700_000_000 + index;
        const head = `commit refs/heads/main\nmark :${index + 1}\ncommitter Con <con@example.com> ${time} +0000\n`;
        return `${head}data 4\nwork\nM 100644 inline f${index % 50}\ndata 5\n${String(index).padStart(5)}\n`;
      });
      box.git(repo, ['fast-import', '--quiet'], commits.join('\n'));
    });

    it('starts no process for a commit, and none for what is known', async () => {
      const backend = vcs.backend(type);
      const read = async () => {
        const all = await backend.history(repo, {});
        expect(all.map(({ revision }) => revision)).toEqual(
          Array.from({ length: COMMITS[type] }, (_, index) => index),
        );
        const touched = await backend.touchedFiles(
          repo,
          all.map(({ rawId }) => rawId),
        );
        expect(touched.every(({ added, changed }) => added.length + changed.length === 1)).toBe(true);
        await backend.tree(repo, all.at(-1)?.rawId ?? '', '');
      };
      const first = await startedBy(read);
      // git: version, refs (until they have settled), order, one reader, three times differences, tree. hg: version, and warm servers.
      expect(first.length).toBeLessThanOrEqual(type === 'git' ? 8 : 4);
      const again = await startedBy(read);
      // Until refs have settled, git is asked for them.
      expect(again.filter((line) => !line.startsWith('git for-each-ref'))).toEqual([]);
    });
  });
});

describe.skipIf(!hasHg)(
  `a history in several answers${hasHg ? '' : ' (skipped: hg is not installed)'}`,
  () => {
    it('is the same whole', async () => {
      const tool = new Tool({ program: 'hg', title: 'Mercurial', minimum: [6, 1], missing: 'missing' });
      const hg = new HgCommand(tool);
      const repo = box.path('pieces');
      mkdirSync(repo);
      await box.hg(repo, ['init']);
      await box.hg(repo, ['debugbuilddag', '+7']);
      const inPieces = new HgLog(hg, new HgHistory(hg), 3);
      for (const query of [
        {},
        { reverse: true },
        { newest: 5 },
        { newest: 5, reverse: true },
        { limit: 4, start: '1' },
      ]) {
        const whole = await vcs.backend('hg').history(repo, query);
        expect(whole.length).toBeGreaterThan(3);
        expect(await inPieces.select(repo, query)).toEqual(whole);
      }
      await hg.close();
    });
  },
);
