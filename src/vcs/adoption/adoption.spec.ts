import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hasHg, loopbackClosed, skippedTitle, VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import type { RepoType } from '../vcs.js';
import { VersionControlService } from '../version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
const box = new VcsSandbox();
const root = box.path('root');
const outside = box.path('outside');
let repo = '';
let count = 0;

async function fresh(type: RepoType): Promise<void> {
  repo = join(root, `repo-${(count += 1)}`);
  await vcs.backend(type).create(repo);
  await box.commit(type, repo);
}
/** Everything below the repository that is there, with what the files say. */
function contents(): Record<string, string> {
  const files = readdirSync(repo, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, readFileSync(path, 'latin1')];
    }),
  );
}
const pipe = (...components: string[]) => execFileSync('mkfifo', [join(repo, ...components)]);
async function expectRefused(type: RepoType, reason: RegExp): Promise<void> {
  const before = contents();
  await expect(vcs.backend(type).adopt(repo, root)).rejects.toMatchObject({
    code: 'INVALID_SOURCE',
    message: expect.stringMatching(reason),
  });
  expect(contents()).toEqual(before);
}

afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

describe('adopting a git repository', () => {
  beforeEach(() => fresh('git'));
  const config = (text: string) => appendFileSync(join(repo, 'config'), text);
  const adopt = () => vcs.backend('git').adopt(repo, root);

  it('leaves one of our own as it is', async () => {
    await adopt();
    const once = contents();
    await adopt();
    expect(contents()).toEqual(once);
    expect(await vcs.backend('git').isRepository(repo)).toBe(true);
  });

  it('reduces its configuration to what describes the storage and guards pushes, and keeps the old one', async () => {
    config(
      '[core]\n\tsshCommand = evil\n\thooksPath = /tmp\n\tfsmonitor = evil\n[include]\n\tpath = /etc/passwd\n',
    );
    config('[receive]\n\tdenyDeletes\n\tprocReceiveRefs = x\n[remote "o"]\n\turl = ext::evil\n');
    config('[filter "x"]\n\tclean = evil\n[extensions]\n\tworktreeConfig = true\n');
    writeFileSync(join(repo, 'config.worktree'), '[core]\n\tfsmonitor = evil\n');
    const before = readFileSync(join(repo, 'config'), 'utf8');
    await adopt();
    const after = readFileSync(join(repo, 'config'), 'utf8');
    expect(after).not.toMatch(/evil|include|remote|filter|tmp|worktree/i);
    expect(box.git(repo, ['config', '--get', 'receive.denydeletes'])).toBe('true');
    expect(box.git(repo, ['config', '--get', 'core.bare'])).toBe('true');
    expect(readFileSync(join(repo, 'config.before-adoption'), 'utf8')).toBe(before);
    expect(existsSync(join(repo, 'config.worktree'))).toBe(false);
    expect((await vcs.backend('git').lastChangeset(repo))?.message).toBe('work');
  });

  it('moves its hooks aside under a free name', async () => {
    mkdirSync(join(repo, 'hooks'), { recursive: true });
    mkdirSync(join(repo, 'hooks.before-adoption'));
    writeFileSync(join(repo, 'hooks', 'post-receive'), '#!/bin/sh\n');
    chmodSync(join(repo, 'hooks', 'post-receive'), 0o755);
    await adopt();
    expect(existsSync(join(repo, 'hooks'))).toBe(false);
    expect(readdirSync(join(repo, 'hooks.before-adoption-2'))).toEqual(['post-receive']);
  });

  it('refuses objects that are borrowed from outside of the root, also at second hand', async () => {
    await vcs.backend('git').create(outside);
    const lender = join(root, `lender-${count}`);
    await vcs.backend('git').create(lender);
    const borrow = (from: string, to: string) =>
      writeFileSync(join(from, 'objects', 'info', 'alternates'), `${join(to, 'objects')}\n`);
    borrow(repo, lender);
    await adopt();
    borrow(lender, outside);
    await expectRefused('git', /borrows objects/);
    borrow(repo, outside);
    await expectRefused('git', /borrows objects/);
    borrow(repo, join(root, 'nothing-there'));
    await expectRefused('git', /borrows objects/);
  });

  it('refuses objects that are borrowed through a link of the lender', async () => {
    const lender = join(root, `linked-${count}`);
    await vcs.backend('git').create(lender);
    writeFileSync(join(repo, 'objects', 'info', 'alternates'), `${join(lender, 'objects')}\n`);
    symlinkSync(outside, join(lender, 'objects', '12'));
    await expectRefused('git', /symbolic link/);
  });

  it.each(['config', 'HEAD', 'packed-refs', 'objects/info/alternates', 'refs/heads/x'])(
    'refuses a pipe in the place of %s, and does not wait for it',
    async (name) => {
      rmSync(join(repo, name), { force: true });
      pipe(name);
      await expectRefused('git', /a pipe/);
    },
  );

  it('refuses links that leave it, and takes a HEAD that is a link to its branch', async () => {
    renameSync(join(repo, 'HEAD'), join(repo, 'HEAD.old'));
    symlinkSync('refs/heads/main', join(repo, 'HEAD'));
    await adopt();
    mkdirSync(join(outside, 'pack'), { recursive: true });
    symlinkSync(join(outside, 'pack'), join(repo, 'objects', 'stolen'));
    await expectRefused('git', /symbolic link/);
  });

  it('refuses work trees of others, and storage that it could not read afterwards', async () => {
    writeFileSync(join(repo, 'commondir'), '../../elsewhere\n');
    await expectRefused('git', /work tree/);
    await fresh('git');
    config('[extensions]\n\tpartialClone = origin\n');
    await expectRefused('git', /partial clone/);
    await fresh('git');
    config('[extensions]\n\trefStorage = reftable\n');
    await expectRefused('git', /extension `refstorage`/);
    await fresh('git');
    config('[extensions]\n\tobjectFormat = sha256\n');
    await expectRefused('git', /SHA-256/);
  });
});

describe.skipIf(!hasHg)(`adopting a repository, ${skippedTitle('hg')}`, () => {
  beforeEach(() => fresh('hg'));
  const adopt = () => vcs.backend('hg').adopt(repo, root);

  it('moves its settings aside', async () => {
    writeFileSync(join(repo, '.hg', 'hgrc'), '[hooks]\npre-log = evil\n');
    await adopt();
    expect(existsSync(join(repo, '.hg', 'hgrc'))).toBe(false);
    expect(readFileSync(join(repo, '.hg', 'hgrc.before-adoption'), 'utf8')).toContain('evil');
    expect((await vcs.backend('hg').lastChangeset(repo))?.message).toBe('work');
  });

  it('refuses a history that is shared from outside of the root', async () => {
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(repo, '.hg', 'sharedpath'), `${outside}\n`);
    await expectRefused('hg', /shares its history/);
    writeFileSync(join(repo, '.hg', 'sharedpath'), '../../../outside');
    await expectRefused('hg', /shares its history/);
  });

  it('refuses a history that is shared through a link, wherever that seems to lead', async () => {
    mkdirSync(join(outside, 'deep'), { recursive: true });
    const beside = join(root, `beside-${count}`);
    mkdirSync(beside);
    mkdirSync(join(root, 'history'), { recursive: true });
    symlinkSync(join(outside, 'deep'), join(beside, 'link'));
    mkdirSync(join(outside, 'history'), { recursive: true });
    // Read as a text it names `root/history`
    writeFileSync(join(repo, '.hg', 'sharedpath'), `../../beside-${count}/link/../../history`);
    await expectRefused('hg', /shares its history/);
    writeFileSync(join(repo, '.hg', 'sharedpath'), `${beside}/link/../history`);
    await expectRefused('hg', /shares its history/);
  });

  it.each(['.hg/requires', '.hg/store/00changelog.i', '.hg/sharedpath'])(
    'refuses a pipe in the place of %s, and does not wait for it',
    async (name) => {
      rmSync(join(repo, name), { force: true });
      pipe(name);
      await expectRefused('hg', /a pipe/);
    },
  );

  it('refuses a transaction that was never finished: undoing it would copy files from and to where it says', async () => {
    const target = join(outside, `overwritten-${count}`);
    mkdirSync(outside, { recursive: true });
    writeFileSync(target, 'as it was');
    writeFileSync(join(repo, '.hg', 'evil'), 'evil');
    writeFileSync(join(repo, '.hg', 'store', 'journal'), '');
    const backups = `2\nplain\0../../../outside/overwritten-${count}\0evil\0\n`;
    writeFileSync(join(repo, '.hg', 'store', 'journal.backupfiles'), backups);
    await expectRefused('hg', /never finished/);
    expect(readFileSync(target, 'utf8')).toBe('as it was');
  });

  it('moves aside what newer versions remove when they write, wherever that is', async () => {
    const undo = join(repo, '.hg', 'store', 'undo.backupfiles');
    writeFileSync(undo, `2\n\0x\0../../../victim\0\n`);
    await adopt();
    expect(existsSync(undo)).toBe(false);
    expect(readFileSync(`${undo}.before-adoption`, 'utf8')).toContain('victim');
  });

  it.each([
    ['lfs', 'requires'],
    ['largefiles', 'requires'],
    ['git', 'store/requires'],
  ])('refuses one that makes Mercurial load its extension %s', async (extension, file) => {
    appendFileSync(join(repo, '.hg', file), `${extension}\n`);
    await expectRefused('hg', new RegExp(`the Mercurial extension \`${extension}\``));
  });

  it('looks at the history that it shares with one inside of the root in the same way', async () => {
    const lender = join(root, `lender-hg-${count}`);
    await vcs.backend('hg').create(lender);
    writeFileSync(join(repo, '.hg', 'sharedpath'), join(lender, '.hg'));
    await adopt();
    writeFileSync(join(lender, '.hg', 'store', 'journal'), '');
    await expectRefused('hg', /never finished/);
  });

  it('refuses links that leave its store, and minds no links among its files', async () => {
    symlinkSync('/etc/passwd', join(repo, 'tracked-link'));
    await adopt();
    renameSync(join(repo, '.hg', 'store'), join(outside, `store-${count}`));
    symlinkSync(join(outside, `store-${count}`), join(repo, '.hg', 'store'));
    await expectRefused('hg', /symbolic link/);
  });
});
