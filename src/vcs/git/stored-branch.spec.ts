import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loopbackClosed, VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import { VersionControlService } from '../version-control.service.js';
import { storedBranch, storedHead } from './stored-branch.js';

const box = new VcsSandbox();
const vcs = new VersionControlService(loopbackClosed);
const backend = vcs.backend('git');
afterAll(async () => {
  await vcs.close();
  box.remove();
});

describe('the commit of a branch', () => {
  let repo: string;
  let id: string;
  let count = 0;
  beforeEach(async () => {
    repo = box.path(`repo-${(count += 1)}`);
    await backend.create(repo);
    id = await box.commit('git', repo);
  });

  it('is found in its file, and where git has packed it as well', async () => {
    expect([await storedHead(repo), await storedBranch(repo, 'main')]).toEqual([id, id]);
    box.git(repo, ['pack-refs', '--all']);
    expect(existsSync(join(repo, 'refs', 'heads', 'main'))).toBe(false);
    expect([await storedHead(repo), await storedBranch(repo, 'main')]).toEqual([null, null]);
    expect([await backend.resolve(repo, 'tip'), await backend.resolve(repo, 'main')]).toEqual([id, id]);
    const next = await box.commit('git', repo);
    expect([await storedHead(repo), await backend.resolve(repo, 'tip')]).toEqual([next, next]);
  });

  it('is none of a branch that is not there, of a detached HEAD, or of another file', async () => {
    writeFileSync(join(repo, 'refs', 'stolen'), `${id}\n`);
    for (const name of ['none', '../stolen', '../../HEAD', '.', '', '-x', 'main/../main'])
      expect(await storedBranch(repo, name), name).toBeNull();
    for (const head of ['ref: refs/heads/none', `ref: refs/stolen`, 'ref: refs/heads/../stolen', id, '']) {
      writeFileSync(join(repo, 'HEAD'), `${head}\n`);
      expect(await storedHead(repo), head).toBeNull();
    }
    expect(readFileSync(join(repo, 'refs', 'stolen'), 'utf8')).toContain(id);
  });
});
