import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { runningProcesses } from '../../test/harness/processes.js';
import { loopbackClosed, VcsSandbox } from '../../test/harness/vcs-sandbox.js';
import { SETTINGS } from '../config/settings.js';
import { RepoRoot } from './repo-root.js';
import { VcsModule } from './vcs.module.js';
import { VersionControl } from './vcs.js';

const box = new VcsSandbox();

@Global()
@Module({
  providers: [{ provide: SETTINGS, useValue: { ...loopbackClosed, repoRoot: box.root } }],
  exports: [SETTINGS],
})
class SettingsModule {}

describe('the module of version control', () => {
  it('gives a service whose processes end with the application', async () => {
    const app = await Test.createTestingModule({ imports: [SettingsModule, VcsModule] }).compile();
    await app.init();
    const directory = app.get(RepoRoot).directory('repo');
    const git = app.get(VersionControl).backend('git');
    await git.create(directory);
    const id = await box.commit('git', directory);
    expect((await git.lastChangeset(directory))?.rawId).toBe(id);
    const isReading = () =>
      runningProcesses().some(({ parent, args }) => parent === process.pid && args.includes('cat-file'));
    expect(isReading()).toBe(true);
    await app.close();
    expect(isReading()).toBe(false);
    await expect(git.lastChangeset(directory)).rejects.toMatchObject({ code: 'FAILED' });
    box.remove();
  });
});
