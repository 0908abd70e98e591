import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loopbackClosed } from '../../test/harness/vcs-sandbox.js';
import { VersionControlService } from './version-control.service.js';

const directory = mkdtempSync(join(tmpdir(), 'forgegate-tool-'));
afterAll(() => rmSync(directory, { recursive: true }));

function install(program: string, version: string): void {
  writeFileSync(join(directory, program), `#!/bin/sh\necho '${version}'\n`);
  chmodSync(join(directory, program), 0o755);
}

describe('version-control programs', () => {
  let vcs: VersionControlService;
  beforeEach(() => {
    vcs = new VersionControlService(loopbackClosed, `relative:${directory}`);
  });

  it('that are missing are named, and installing them needs no restart', async () => {
    rmSync(join(directory, 'hg'), { force: true });
    const missing = 'Mercurial is not installed on the server; pass repo_type:git or install it';
    expect(await vcs.backend('hg').version()).toEqual({ version: null, path: null, reason: missing });
    await expect(vcs.backend('hg').create(join(directory, 'repo'))).rejects.toMatchObject({
      code: 'NOT_INSTALLED',
      message: missing,
    });
    await expect(vcs.backend('git').refs(join(directory, 'repo'))).rejects.toMatchObject({
      code: 'NOT_INSTALLED',
      message: 'git is not installed on the server',
    });
    install('hg', 'Mercurial Distributed SCM (version 6.3.2)');
    expect(await vcs.backend('hg').version()).toEqual({
      version: '6.3.2',
      path: join(directory, 'hg'),
      reason: null,
    });
  });

  it.each([
    [
      'git',
      'git version 2.37.9 (Apple Git-1)',
      'git 2.37.9 on the server is too old; 2.38 or newer is needed',
    ],
    ['hg', 'Mercurial (version 6.0)', 'Mercurial 6.0 on the server is too old; 6.1 or newer is needed'],
    ['hg', 'Mercurial (version unknown)', 'Mercurial on the server does not say its version'],
  ] as const)('%s saying %j are refused', async (program, text, reason) => {
    install(program, text);
    expect(await vcs.backend(program).version()).toMatchObject({ path: join(directory, program), reason });
    await expect(vcs.backend(program).create(join(directory, 'repo'))).rejects.toMatchObject({
      code: 'NOT_INSTALLED',
      message: reason,
    });
  });

  it.each([
    ['git', 'git version 2.38.0', '2.38.0'],
    ['git', 'git version 3.0.0.windows.1', '3.0.0'],
    ['hg', 'Mercurial (version 6.10rc0+20240101)', '6.10'],
  ] as const)('%s saying %j are used', async (program, text, version) => {
    install(program, text);
    expect(await vcs.backend(program).version()).toMatchObject({ version, reason: null });
  });
});
