import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { run } from '../harness/repositories.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { bearer, visit } from '../harness/web.js';
import { Target } from './target.js';

let target: Target;
let client: Client;
let count = 0;
let repoid: string;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target.close());
beforeEach(() => {
  client?.remove();
  client = new Client();
  repoid = `content-${(count += 1)}`;
});
afterAll(() => client.remove());

const address = (repo = repoid) => addressOf(target.gateway, repo, 'admin', target.gateway.adminKey);
const directory = (...parts: string[]) => join(target.gateway.settings.repoRoot, ...parts);

describe('what git checks out somewhere else than it says', () => {
  const file = (name: string, id: string, mode = '100644') =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);

  /** A commit of a tree that git itself would not make. @returns what the push says */
  async function pushTree(entries: (blob: string, link: string, tree: string) => Buffer[], content = 'x') {
    await target.gateway.call('create_repo', { repo_name: repoid, repo_type: 'git' });
    await client.git('.', 'init', '-q', '-b', 'main', 'work');
    client.write('work/content', content);
    client.write('work/link', '/etc/passwd');
    const hash = (name: string) => client.git('work', 'hash-object', '-w', name);
    const [blob, link] = [await hash('content'), await hash('link')];
    const make = async (parts: Buffer[]) => {
      client.write('work/tree', Buffer.concat(parts));
      return client.git('work', 'hash-object', '-w', '-t', 'tree', '--literally', 'tree');
    };
    const tree = await make([file('config', blob)]);
    const made = await make(entries(blob, link, tree));
    const commit = await client.git('work', 'commit-tree', '-m', 'hostile', made);
    return client.try('git', 'work', ['push', address(), `${commit}:refs/heads/main`]);
  }

  it.each([
    '.git',
    '.GIT',
    '.Git',
    'git~1',
    'GIT~1',
    '.git ',
    '.git.',
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
    '.\u200dgit',
    '.gi\ufefft',
    '..',
    '.',
    'a/b',
  ])('is refused as a directory named %j', async (name) => {
    const { code, stderr } = await pushTree((_blob, _link, tree) => [file(name, tree, '40000')]);
    expect(code, stderr).not.toBe(0);
    expect(stderr).toMatch(/fsck|unpack|hasDot|fullPathname|emptyName|malformed/i);
    expect(target.leaks(stderr)).toBe(false);
    expect(readdirSync(directory(repoid, 'refs', 'heads'))).toEqual([]);
    expect(readdirSync(directory(repoid, 'objects')).filter((each) => each.startsWith('tmp'))).toEqual([]);
    expect(target.damage()).toEqual([]);
  });

  it.each([
    ['runs an option', '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'],
    ['runs an option in its path', '[submodule "x"]\n\tpath = -x\n\turl = https://example.com/x\n'],
    ['leaves by its name', '[submodule "../../x"]\n\tpath = x\n\turl = https://example.com/x\n'],
    ['says another host in a line break', '[submodule "x"]\n\tpath = x\n\turl = "https://e.com\\n/x"\n'],
    ['runs a command to update', '[submodule "x"]\n\tpath = x\n\turl = https://e.com/x\n\tupdate = !id\n'],
  ])('is refused as a submodule that %s', async (_how, content) => {
    const { code, stderr } = await pushTree((blob) => [file('.gitmodules', blob)], content);
    expect(code, stderr).not.toBe(0);
    expect(stderr).toMatch(/gitmodules/i);
  });

  it.each(['.gitmodules', '.GITMODULES', 'gitmod~1'])('is refused as a link named %s', async (name) => {
    const { code, stderr } = await pushTree((_blob, link) => [file(name, link, '120000')]);
    expect(code, stderr).not.toBe(0);
    expect(stderr).toMatch(/gitmodules/i);
  });
});

describe('a commit of a year that no calendar has', () => {
  it('is pushed, told of and shown, at the last day that dates can say', async () => {
    const { gateway } = target;
    await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git' });
    await client.git('.', 'init', '-q', '-b', 'main', 'work');
    const far = { GIT_AUTHOR_DATE: '@99999999999999 +0000', GIT_COMMITTER_DATE: '@99999999999999 +0000' };
    await client.run('git', 'work', ['commit', '-q', '--allow-empty', '-m', 'far'], far);
    const id = await client.git('work', 'rev-parse', 'HEAD');
    await client.git('work', 'push', '-q', address(), 'main');
    const { events } = await gateway.call<{ events: { data: unknown }[] }>('get_events', {
      event_types: ['repo.pushed'],
      repoid,
    });
    expect(events.map(({ data }) => data)).toMatchObject([
      { refs: [{ commits: [{ raw_id: id, date: '9999-12-30T00:00:00.000Z' }] }] },
    ]);
    const { last_changeset } = await gateway.call<{ last_changeset: object }>('get_repo', { repoid });
    expect(last_changeset).toMatchObject({ raw_id: id, date: expect.stringMatching(/^9999-12-/) as string });
    for (const path of ['', '/feed/atom', '/feed/rss', `/changeset/${id}`]) {
      const seen = await visit(gateway, `/${repoid}${path}`, { headers: bearer(gateway.adminKey) });
      expect(seen.status, path).toBe(200);
    }
  });
});

describe.each(REPO_TYPES)('a link in a repository of %s', (type) => {
  it.skipIf(type === 'hg' && !hasHg)(`is a text and leads nowhere (${skippedTitle(type)})`, async () => {
    await target.gateway.call('create_repo', { repo_name: repoid, repo_type: type, enable_downloads: true });
    await client.run(type, '.', ['clone', '-q', address(), 'work']);
    if (type === 'git') await client.git('work', 'checkout', '-q', '-B', 'main');
    symlinkSync('/etc/passwd', client.path('work', 'link'));
    symlinkSync('/', client.path('work', 'root'));
    symlinkSync('../../../../../../etc/hosts', client.path('work', 'up'));
    const id = await client.commit(type, 'work', 'a.txt', 'a');
    await client.run(type, 'work', type === 'git' ? ['push', '-q', 'origin', 'main'] : ['push', address()]);
    for (const path of ['link', 'up', 'root/etc/passwd', 'root', 'link/x']) {
      const seen = await visit(target.gateway, `/${repoid}/raw/${id}/${path}`, {
        headers: bearer(target.gateway.adminKey),
      });
      expect(seen.text).not.toMatch(/root:|localhost/);
      const answer = await target.gateway.rpc('get_repo_file', {
        repoid,
        commit_id: id,
        file_path: path,
        details: 'full',
      });
      expect(JSON.stringify(answer)).not.toMatch(/root:|localhost/);
    }
    const archive = await visit(target.gateway, `/${repoid}/archive/${id}.tar.gz`, {
      headers: bearer(target.gateway.adminKey),
    });
    client.write('archive.tar.gz', archive.body);
    const listed = execFileSync('tar', ['-tvzf', client.path('archive.tar.gz')]).toString();
    expect(listed).toMatch(/^l.*link -> \/etc\/passwd$/m);
  });
});

/** Commits files that Mercurial's own commands would refuse to. */
const UNCHECKED = `
from mercurial import context, registrar
cmdtable = {}
command = registrar.command(cmdtable)
@command(b'unchecked', [], b'BRANCH FILE...')
def unchecked(ui, repo, branch, *files):
    def content(repo, memctx, path):
        return context.memfilectx(repo, memctx, path, b'[hooks]\\npre-log = touch proof\\n')
    parents = [repo[b'.'].node(), None]
    memory = context.memctx(repo, parents, b'hostile', list(files), content, extra={b'branch': branch})
    repo.commitctx(memory)
`;

describe.skipIf(!hasHg)(
  `what Mercurial checks out somewhere else than it says (${skippedTitle('hg')})`,
  () => {
    it.each(['.hg/hgrc', '../../../outside', 'sub/.hg/hgrc'])(
      'does not get anywhere as a file named %s, not when it is merged either',
      async (file) => {
        await target.gateway.call('create_repo', { repo_name: repoid, repo_type: 'hg' });
        await client.hg('.', 'clone', address(), 'work');
        await client.commit('hg', 'work', 'a.txt', 'a');
        await client.hg('work', 'push', address());
        client.write('unchecked.py', UNCHECKED);
        const load = ['--config', `extensions.unchecked=${client.path('unchecked.py')}`];
        await client.hg('work', ...load, 'unchecked', 'feature', file);
        await client.try('hg', 'work', ['push', '--new-branch', address()]);
        const before = readdirSync(directory()).sort();
        const answer = await target.gateway.rpc('create_pull_request', {
          source_repo: repoid,
          target_repo: repoid,
          source_ref: 'branch:feature',
          target_ref: 'branch:default',
        });
        const { result } = answer as { result?: { pull_request_id: number } };
        if (result) await target.gateway.rpc('merge_pull_request', { pullrequestid: result.pull_request_id });
        await target.gateway.rpc('get_repo_file', { repoid, commit_id: 'feature', file_path: file });
        await target.gateway.rpc('get_repo_nodes', { repoid, revision: 'feature', root_path: '/' });
        expect(readdirSync(directory()).sort()).toEqual(before);
        expect(readdirSync(directory(repoid))).toEqual(['.hg']);
        expect(readdirSync(directory(repoid, '.hg'))).not.toContain('hgrc');
        expect(target.damage()).toEqual([]);
      },
    );
  },
);

describe('a repository of git whose configuration somebody changed on the disk', () => {
  it('runs none of it when clients push signed commits and fetch them', async () => {
    const script = client.path('attack.sh');
    writeFileSync(script, `#!/bin/sh\n: > ${target.proof}\n`);
    chmodSync(script, 0o755);
    await target.gateway.call('create_repo', { repo_name: repoid, repo_type: 'git' });
    await client.git('.', 'clone', '-q', address(), 'work');
    await client.commit('git', 'work', 'a.txt', 'a');
    await client.git('work', 'push', '-q', address(), 'HEAD:main');
    for (const [key, value] of [
      ['core.alternateRefsCommand', script],
      ['core.fsmonitor', script],
      ['log.showSignature', 'true'],
      ['gpg.program', script],
      ['uploadpack.packObjectsHook', script],
    ] as const)
      run('git', directory(repoid), 'config', key, value);
    const commit = await client.git('work', 'cat-file', 'commit', 'HEAD');
    const lines = commit.split('\n');
    const end = lines.indexOf('');
    lines.splice(end, 0, 'gpgsig -----BEGIN PGP SIGNATURE-----', ' ', ' x', ' -----END PGP SIGNATURE-----');
    client.write('work/signed', `${lines.join('\n')}\n`);
    const signed = await client.git('work', 'hash-object', '-w', '-t', 'commit', 'signed');
    const { code, stderr } = await client.try('git', 'work', [
      'push',
      '-q',
      '-f',
      address(),
      `${signed}:refs/heads/main`,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await client.git('.', 'clone', '-q', address(), 'again');
    expect(await client.git('again', 'rev-parse', 'HEAD')).toBe(signed);
    expect(target.damage()).toEqual([]);
  });
});

describe.each(REPO_TYPES)('an adopted repository of %s', (type) => {
  it.skipIf(type === 'hg' && !hasHg)(
    `runs nothing that it carries, whatever clients do (${skippedTitle(type)})`,
    async () => {
      const script = client.path('attack.sh');
      writeFileSync(script, `#!/bin/sh\n: > ${target.proof}\n`);
      chmodSync(script, 0o755);
      const made = directory(repoid);
      if (type === 'git') {
        run('git', directory(), 'init', '-q', '--bare', repoid);
        mkdirSync(join(made, 'hooks'), { recursive: true });
        for (const hook of ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction'])
          copyFileSync(script, join(made, 'hooks', hook));
        for (const [key, value] of [
          ['core.hooksPath', join(made, 'hooks')],
          ['core.fsmonitor', script],
          ['core.sshCommand', script],
          ['core.gitProxy', script],
          ['core.editor', script],
          ['core.pager', script],
          ['core.worktree', target.outside],
          ['core.alternateRefsCommand', script],
          ['credential.helper', `!${script}`],
          ['gpg.program', script],
          ['uploadpack.packObjectsHook', script],
          ['receive.procReceiveRefs', 'refs/heads'],
          ['receive.denyCurrentBranch', 'updateInstead'],
          ['tar.tar.gz.command', script],
          ['diff.external', script],
          ['diff.x.command', script],
          ['diff.x.textconv', script],
          ['filter.x.clean', script],
          ['filter.x.smudge', script],
          ['filter.x.process', script],
          ['merge.x.driver', script],
          ['gc.auto', '1'],
          ['gc.recentObjectsHook', script],
          ['alias.log', `!${script}`],
          ['include.path', client.path('included')],
          ['includeIf.gitdir:/.path', client.path('included')],
          ['extensions.worktreeConfig', 'true'],
        ] as const)
          run('git', made, 'config', '--file', join(made, 'config'), key, value);
        client.write('included', `[core]\n\tfsmonitor = ${script}\n\thooksPath = ${join(made, 'hooks')}\n`);
        writeFileSync(join(made, 'config.worktree'), `[core]\n\tfsmonitor = ${script}\n`);
        mkdirSync(join(made, 'info'), { recursive: true });
        writeFileSync(join(made, 'info', 'attributes'), '* diff=x filter=x merge=x\n');
      } else {
        run('hg', directory(), 'init', repoid);
        const hooks = ['pre-serve', 'changegroup', 'pretxnchangegroup', 'txnclose', 'pre-log', 'outgoing'];
        const hgrc = [
          '[hooks]',
          ...hooks.map((hook) => `${hook} = ${script}`),
          '[alias]',
          `log = !${script}`,
          '[extensions]',
          `attack = ${script}`,
          '[web]',
          'allow_push = *',
        ];
        writeFileSync(join(made, '.hg', 'hgrc'), `${hgrc.join('\n')}\n`);
        writeFileSync(join(made, '.hg', 'hgrc-not-shared'), `${hgrc.join('\n')}\n`);
      }
      await target.gateway.call('rescan_repos');
      await target.gateway.call('update_repo', { repoid, enable_downloads: true });
      await client.run(type, '.', ['clone', '-q', address(), 'work']);
      if (type === 'git') await client.git('work', 'checkout', '-q', '-B', 'main');
      const id = await client.commit(type, 'work', 'a.txt', 'a');
      await client.run(type, 'work', type === 'git' ? ['push', '-q', 'origin', 'main'] : ['push', address()]);
      await client.run(type, '.', ['clone', '-q', address(), 'again']);
      for (const path of ['', `/raw/${id}/a.txt`, `/raw-diff/${id}`, `/archive/${id}.tar.gz`, '/feed/atom'])
        expect(
          (
            await visit(target.gateway, `/${repoid}${path}`, {
              headers: bearer(target.gateway.adminKey),
            })
          ).status,
          path,
        ).toBe(200);
      expect(target.damage()).toEqual([]);
    },
  );

  it.skipIf(type === 'hg' && !hasHg)(
    `that leads elsewhere in any other way is left where it is (${skippedTitle(type)})`,
    async () => {
      const away = client.path('away');
      run(type, client.directory, 'init', '-q', ...(type === 'git' ? ['--bare'] : []), 'away');
      const made: string[] = [];
      const plant = (how: string, spoil: (at: string) => void) => {
        const name = `${repoid}-${how}`;
        run(type, directory(), 'init', '-q', ...(type === 'git' ? ['--bare'] : []), name);
        spoil(directory(name));
        made.push(name);
      };
      const file = (at: string, name: string, text: string) => {
        mkdirSync(dirname(join(at, name)), { recursive: true });
        writeFileSync(join(at, name), text);
      };
      if (type === 'git') {
        plant('commondir', (at) => file(at, 'commondir', `${away}\n`));
        plant('gitdir', (at) => file(at, 'gitdir', `${away}\n`));
        plant('git-file', (at) => file(at, '.git', `gitdir: ${away}\n`));
        plant('alternates', (at) => file(at, 'objects/info/alternates', `${away}/objects\n`));
        plant('pack-link', (at) => symlinkSync(join(away, 'objects'), join(at, 'objects', 'ab')));
        plant('head-link', (at) => {
          unlinkSync(join(at, 'HEAD'));
          symlinkSync('/etc/passwd', join(at, 'HEAD'));
        });
        plant('pipe', (at) => {
          unlinkSync(join(at, 'HEAD'));
          execFileSync('mkfifo', [join(at, 'HEAD')]);
        });
        plant('partial', (at) => run('git', at, 'config', 'extensions.partialClone', 'origin'));
      } else {
        plant('shared', (at) => {
          file(at, '.hg/sharedpath', `${away}/.hg`);
          appendFileSync(join(at, '.hg', 'requires'), 'shared\n');
        });
        plant('lfs', (at) => appendFileSync(join(at, '.hg', 'requires'), 'lfs\n'));
        plant('store-link', (at) => symlinkSync('/etc', join(at, '.hg', 'store', 'data')));
        plant('pipe', (at) => execFileSync('mkfifo', [join(at, '.hg', 'store', '00changelog.i')]));
        // What `hg recover`, which is run before refs are compared, copies from here to there
        plant('journal', (at) => {
          file(at, '.hg/evil', 'evil');
          file(at, '.hg/store/journal', '');
          file(at, '.hg/store/journal.backupfiles', `2\nplain\0../../../../stolen\0evil\0\n`);
        });
      }
      const before = readdirSync(dirname(directory()));
      const { added } = await target.gateway.call<{ added: string[] }>('rescan_repos');
      expect(made.filter((name) => added.includes(name))).toEqual([]);
      for (const name of made) {
        expect(await target.gateway.refusal('get_repo', { repoid: name })).toContain('does not exist');
        expect((await client.try(type, '.', ['clone', address(name), 'got'])).code, name).not.toBe(0);
        rmSync(directory(name), { recursive: true });
      }
      expect(readdirSync(dirname(directory()))).toEqual(before);
      expect(target.damage()).toEqual([]);
    },
  );

  it.skipIf(type === 'hg' && !hasHg)(
    `that leads out of the root is nobody's (${skippedTitle(type)})`,
    async () => {
      const away = client.path('away');
      run(type, client.directory, 'init', '-q', ...(type === 'git' ? ['--bare'] : []), 'away');
      symlinkSync(away, directory(repoid));
      await target.gateway.call('rescan_repos');
      expect(await target.gateway.refusal('get_repo', { repoid })).toContain('does not exist');
      // One that was taken in before, and was then moved away and linked
      const moved = `${repoid}-moved`;
      await target.gateway.call('create_repo', { repo_name: moved, repo_type: type });
      renameSync(directory(moved), client.path('moved'));
      symlinkSync(client.path('moved'), directory(moved));
      const { code } = await client.try(type, '.', ['clone', address(moved), 'copy']);
      expect(code).not.toBe(0);
      const told = await target.gateway.rpc('get_changesets', { repoid: moved });
      expect('error' in told && !target.leaks(JSON.stringify(told))).toBe(true);
    },
  );
});
