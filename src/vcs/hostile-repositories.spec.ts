import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RemoteServer } from '../../test/harness/remote-server.js';
import { hasHg, loopbackOpen, skippedTitle, VcsSandbox } from '../../test/harness/vcs-sandbox.js';
import { VersionControlService } from './version-control.service.js';
import type { RepoType } from './vcs.js';

const vcs = new VersionControlService(loopbackOpen);
const box = new VcsSandbox();
const proof = box.path('proof-of-execution');
const script = box.path('attack.sh');
afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

let count = 0;
async function prepared(
  type: RepoType,
): Promise<{ repo: string; source: string; first: string; second: string }> {
  writeFileSync(script, `#!/bin/sh\n: > ${proof}\nexit 1\n`);
  chmodSync(script, 0o755);
  count += 1;
  const source = box.path(String(count), 'source');
  const repo = box.path(String(count), 'repo');
  await vcs.backend(type).create(source);
  const first = await box.commit(type, source);
  await vcs.backend(type).clone(repo, { path: source });
  const second = await box.commit(type, source);
  return { repo, source, first, second };
}

/** Everything that the gateway does with a repository. */
async function useAll(
  type: RepoType,
  repo: string,
  source: string,
  first: string,
  second: string,
): Promise<void> {
  const backend = vcs.backend(type);
  expect(await backend.isRepository(repo)).toBe(true);
  expect((await backend.lastChangeset(repo))?.rawId).toBe(first);
  await backend.refs(repo);
  expect(await backend.resolve(repo, first.slice(0, 10))).toBe(first);
  expect(await backend.compare({ path: source, rawId: second }, { path: repo, rawId: first })).toEqual({
    ancestor: first,
    revisions: [second],
  });
  await backend.clone(join(repo, '..', 'fork'), { path: repo });
  await backend.pull(repo, { path: source });
  expect((await backend.lastChangeset(repo))?.rawId).toBe(second);
  await backend.keepPullRequest(repo, 1, second);
  await backend.pull(source, { path: repo });
  expect(existsSync(proof)).toBe(false);
}

describe('a hostile git repository', () => {
  let at: Awaited<ReturnType<typeof prepared>>;
  beforeEach(async () => {
    rmSync(proof, { force: true });
    at = await prepared('git');
  });

  it('runs none of its hooks', async () => {
    const hooks = [
      'post-receive',
      'pre-receive',
      'update',
      'reference-transaction',
      'post-update',
      'post-checkout',
    ];
    mkdirSync(join(at.repo, 'hooks'), { recursive: true });
    for (const hook of hooks) {
      writeFileSync(join(at.repo, 'hooks', hook), `#!/bin/sh\n: > ${proof}\n`);
      chmodSync(join(at.repo, 'hooks', hook), 0o755);
    }
    await useAll('git', at.repo, at.source, at.first, at.second);
    // The hooks are alive: git without our environment does run them.
    box.git(at.repo, ['update-ref', 'refs/heads/proof', at.first]);
    expect(existsSync(proof)).toBe(true);
  });

  it('runs no program that its configuration names', async () => {
    const programs = {
      'core.fsmonitor': script,
      'core.sshCommand': script,
      'core.askPass': script,
      'core.pager': script,
      'core.editor': script,
      'core.gitProxy': script,
      'core.alternateRefsCommand': script,
      'core.hooksPath': join(script, '..'),
      'credential.helper': `!${script}`,
      'diff.external': script,
      'gpg.program': script,
      'uploadpack.packObjectsHook': script,
      'remote.origin.uploadpack': script,
      'remote.origin.url': `ext::${script}`,
      'remote.origin.promisor': 'true',
      'extensions.partialClone': 'origin',
      'protocol.allow': 'always',
      'alias.for-each-ref': `!${script}`,
    };
    for (const [key, value] of Object.entries(programs)) {
      box.git(at.repo, ['config', '--file', join(at.repo, 'config'), key, value]);
    }
    await useAll('git', at.repo, at.source, at.first, at.second);
  });

  it('does not turn a pull to another address or to a helper of its own', async () => {
    const served = await RemoteServer.start('git', join(at.source, '..'), { credentials: 'ann:pw' });
    const trap = await RemoteServer.start('git', join(at.source, '..'));
    try {
      const config = (key: string, value: string) =>
        box.git(at.repo, ['config', '--file', join(at.repo, 'config'), '--add', key, value]);
      config(`url.${trap.url('')}.insteadOf`, served.url(''));
      config('http.proxy', trap.url(''));
      config('http.curloptResolve', `127.0.0.1:${served.port}:127.0.0.9`);
      config('credential.helper', `!${script}`);
      await expect(vcs.backend('git').pull(at.repo, { url: served.url('source') })).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
      });
      expect(served.refused).toBeGreaterThan(0);
      await vcs.backend('git').pull(at.repo, { url: served.url('source', 'ann:pw@') });
      expect((await vcs.backend('git').lastChangeset(at.repo))?.rawId).toBe(at.second);
      expect(trap.requests).toEqual([]);
      expect(existsSync(proof)).toBe(false);
    } finally {
      await Promise.all([served.close(), trap.close()]);
    }
  });
});

describe.skipIf(!hasHg)(`a hostile repository, ${skippedTitle('hg')}`, () => {
  it('runs no hook, alias or extension of its hgrc', async () => {
    rmSync(proof, { force: true });
    const at = await prepared('hg');
    const hooks = [
      'pre-log',
      'post-log',
      'pre-clone',
      'pre-pull',
      'changegroup',
      'incoming',
      'pretxnopen',
      'outgoing',
    ];
    const extension = box.path('attack.py');
    writeFileSync(extension, `open(${JSON.stringify(proof)}, 'w')\n`);
    const hgrc = [
      '[hooks]',
      ...hooks.map((hook) => `${hook} = ${script}`),
      '[alias]',
      ...['log', 'branches', 'tags', 'pull'].map((alias) => `${alias} = !${script}`),
      '[extensions]',
      `attack = ${extension}`,
      '[paths]',
      'default = /etc',
    ];
    writeFileSync(join(at.repo, '.hg', 'hgrc'), `${hgrc.join('\n')}\n`);
    await useAll('hg', at.repo, at.source, at.first, at.second);
  });

  it.each(['lfs', 'largefiles', 'git'])(
    'that requires the extension %s does not get it loaded, for itself or for others',
    async (extension) => {
      const at = await prepared('hg');
      writeFileSync(join(at.repo, '.hg', 'requires'), `revlogv1\nstore\nfncache\ndotencode\n${extension}\n`);
      expect(await vcs.backend('hg').isRepository(at.repo)).toBe(false);
      await expect(vcs.backend('hg').lastChangeset(at.repo)).rejects.toMatchObject({ code: 'FAILED' });
      expect((await vcs.backend('hg').lastChangeset(at.source))?.rawId).toBe(at.second);
    },
  );

  it('whose requirements nobody knows is not opened', async () => {
    const at = await prepared('hg');
    writeFileSync(join(at.repo, '.hg', 'requires'), 'revlogv1\nstore\nexec-something\n');
    expect(await vcs.backend('hg').isRepository(at.repo)).toBe(false);
    await expect(vcs.backend('hg').lastChangeset(at.repo)).rejects.toMatchObject({ code: 'FAILED' });
  });
});
