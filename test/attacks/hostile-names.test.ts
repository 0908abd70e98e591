import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { bearer, visit } from '../harness/web.js';
import { MARK, Target } from './target.js';

const OPTION = `--output=${MARK}`;
const CONFIG = `--config=alias.log=!touch ${MARK}`;

let target: Target;
let client: Client;
beforeAll(async () => {
  target = await Target.start();
  client = new Client();
});
afterAll(async () => {
  client.remove();
  await target.close();
});

const address = (repo: string) => addressOf(target.gateway, repo, 'admin', target.gateway.adminKey);

/** Branches, tags, bookmarks and files that look like options, pushed as their clients let one. */
async function pushHostileNames(type: 'git' | 'hg', repo: string): Promise<void> {
  await client.run(type, '.', ['clone', '-q', address(repo), repo]);
  if (type === 'git') {
    await client.commit('git', repo, OPTION, 'a file');
    await client.git(repo, 'push', '-q', 'origin', `HEAD:refs/heads/${OPTION}`, `HEAD:refs/tags/${OPTION}`);
    return;
  }
  await client.hg(repo, 'branch', '--', CONFIG);
  await client.commit('hg', repo, CONFIG.replaceAll(' ', '_'), 'a file');
  await client.hg(repo, 'bookmark', '--', OPTION);
  await client.hg(repo, 'tag', '--', `${OPTION}-tag`);
  await client.try('hg', repo, ['push', '--new-branch', '--all-bookmarks', address(repo)]);
}

describe.each(REPO_TYPES)('names that look like options in a repository of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repoid = `hostile-${type}`;
    const branch = type === 'git' ? OPTION : CONFIG;
    const file = type === 'git' ? OPTION : CONFIG.replaceAll(' ', '_');
    const main = type === 'git' ? 'main' : 'default';
    let head: string;

    beforeAll(async () => {
      await target.repository(repoid, type);
      await pushHostileNames(type, repoid);
      const refs = await target.gateway.call<{ branches: Record<string, string> }>('get_repo_refs', {
        repoid,
      });
      head = refs.branches[branch] ?? '';
    });

    it('are there, told of as what they are', async () => {
      expect(head).toMatch(/^[0-9a-f]{40}$/);
      const { bookmarks, tags } = await target.gateway.call<Record<string, Record<string, string>>>(
        'get_repo_refs',
        { repoid },
      );
      expect(Object.keys({ ...bookmarks, ...tags }).join()).toContain(OPTION);
    });

    it.each([
      ['get_changesets', () => ({ branch_name: branch })],
      ['get_changesets', () => ({ start: branch, end: OPTION })],
      ['get_changeset', () => ({ raw_id: branch })],
      ['get_repo_changeset', () => ({ revision: branch, details: 'full' })],
      ['get_repo_nodes', () => ({ revision: branch, root_path: '/' })],
      ['get_repo_nodes', () => ({ revision: head, root_path: file })],
      ['get_repo_file', () => ({ commit_id: head, file_path: file, details: 'full' })],
      ['get_repo_file', () => ({ commit_id: branch, file_path: file })],
      ['get_repo_fts_tree', () => ({ commit_id: branch, root_path: '/' })],
      ['update_repo', () => ({ landing_rev: `branch:${branch}` })],
      ['comment_changeset', () => ({ raw_id: head, f_path: file, line_no: 'n1', comment_msg: OPTION })],
    ] as const)('are values to %s and nothing else', async (method, args) => {
      const { error } = (await target.gateway.rpc(method, { repoid, ...args() })) as {
        error?: { code: number; message: string };
      };
      expect(error?.code).not.toBe(-32603);
      expect(target.leaks(error?.message ?? '')).toBe(false);
      expect(target.damage()).toEqual([]);
    });

    it('reads the file that has such a name', async () => {
      const { content } = await target.gateway.call<{ content: string }>('get_repo_file', {
        repoid,
        commit_id: head,
        file_path: file,
        details: 'full',
      });
      expect(content).toBe('a file');
    });

    it('are forked, pulled, proposed and merged as they are', async () => {
      const { gateway } = target;
      const fork = `${repoid}-fork`;
      await gateway.call('fork_repo', { repoid, fork_name: fork });
      expect(
        (await gateway.call<Record<string, object>>('get_repo_refs', { repoid: fork })).branches,
      ).toEqual((await gateway.call<Record<string, object>>('get_repo_refs', { repoid })).branches);
      await gateway.call('pull', { repoid: fork });
      for (const source_ref of [`branch:${branch}`, `tag:${OPTION}`, `book:${OPTION}`, `rev:${head}`]) {
        const args = { source_repo: repoid, target_repo: repoid, source_ref, target_ref: `branch:${main}` };
        const made = (await gateway.rpc('create_pull_request', { ...args, title: OPTION })) as {
          result?: { pull_request_id: number };
          error?: { code: number; message: string };
        };
        expect(made.error?.code).not.toBe(-32603);
        const id = made.result?.pull_request_id;
        if (id === undefined) continue;
        for (const method of ['get_pull_request_diff', 'merge_pull_request', 'close_pull_request']) {
          const { error } = (await gateway.rpc(method, { pullrequestid: id })) as {
            error?: { code: number };
          };
          expect(error?.code).not.toBe(-32603);
        }
      }
      expect(target.damage()).toEqual([]);
    });
  });
});

describe.each(REPO_TYPES)('the address of a web view of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repo = `viewed-${type}`;
    beforeAll(() => target.repository(repo, type));

    const read = async (path: string) =>
      visit(target.gateway, path, { headers: bearer(target.gateway.adminKey) });
    /** As one part of the path, and as several. */
    const written = (text: string) => [
      encodeURIComponent(text),
      encodeURIComponent(text).replaceAll('%2F', '/'),
    ];

    it.each([
      ['raw', (text: string) => [`raw/${text}/a.txt`, `raw/tip/${text}`]],
      ['rawfile', (text: string) => [`rawfile/${text}/a.txt`, `rawfile/tip/${text}`]],
      ['archive', (text: string) => [`archive/${text}.zip`, `archive/${text}.tar.gz`, `archive/tip${text}`]],
      ['changesets', (text: string) => [`changeset/${text}`, `changeset-diff/${text}`, `raw-diff/${text}`]],
      ['patches', (text: string) => [`changeset-patch/${text}`, `changeset-download/${text}`]],
      ['pull requests', (text: string) => [`pull-request/${text}`, `pull-request/1${text}`]],
      ['feeds', (text: string) => [`feed/${text}`, `feed/atom?api_key=${text}`]],
      ['the rest', (text: string) => [text, `refs-data?at=${text}`, `../../${text}`]],
    ])('is a value, not an option: %s', async (_title, paths) => {
      const texts = [...target.values, `../../../../../..${target.outside}`, '..', 'a\0b', '\u202e'];
      for (const path of texts.flatMap(written).flatMap(paths)) {
        const { status, text } = await read(`/${repo}/${path}`);
        expect(status, path).toBeLessThan(500);
        expect(target.leaks(text), path).toBe(false);
      }
      expect(target.damage()).toEqual([]);
    });

    it('is one of this gateway, however often it goes up', async () => {
      for (const up of ['..', '%2e%2e', '.%2e', '%2e%2e%2f', '..%5c', '%252e%252e', '..;'])
        for (const base of [`/${repo}`, `/${repo}/raw/tip`, '', '/_1', `/${repo}/archive`]) {
          const { status, text } = await read(`${base}/${`${up}/`.repeat(6)}etc/passwd`);
          expect(status, `${base} ${up}`).toBeGreaterThanOrEqual(400);
          expect(text).not.toContain('root:');
        }
      expect(target.damage()).toEqual([]);
    });
  });
});

describe('what clients of git send', () => {
  const packet = (line: string) => (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line;
  const ask = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const service = /git-(\S+)$/.exec(path)?.[1] ?? '';
    const response = await fetch(`${target.gateway.url}/asked/${path}`, {
      method: 'POST',
      headers: {
        ...bearer(target.gateway.adminKey),
        'content-type': `application/x-git-${service}-request`,
        ...headers,
      },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  beforeAll(() => target.repository('asked', 'git'));

  it('is no option, and names no other repository', async () => {
    for (const text of target.values) {
      const line = text.replaceAll('\n', ' ');
      const fetches = [
        packet(`command=ls-refs${line}\n`) + '0000',
        packet('command=ls-refs\n') + '0001' + packet(`ref-prefix ${line}\n`) + '0000',
        packet('command=fetch\n') + '0001' + packet(`want-ref ${line}\n`) + packet('done\n') + '0000',
        packet(`want ${line}\n`) + '0000' + packet('done\n'),
        packet('command=object-info\n') + '0001' + packet(`oid ${line}\n`) + '0000',
      ];
      for (const body of fetches)
        for (const version of ['version=2', `version=2:${encodeURIComponent(line)}`, line])
          expect((await ask('git-upload-pack', body, { 'git-protocol': version })).text).not.toContain(
            'PACK',
          );
      const change = `${'0'.repeat(40)} ${'1'.repeat(40)} refs/heads/x/../../../${line}`;
      expect((await ask('git-receive-pack', packet(`${change}\0report-status`) + '0000')).text).not.toMatch(
        /\bok /,
      );
    }
    expect(target.damage()).toEqual([]);
    expect(
      Object.keys(
        (await target.gateway.call<{ branches: object }>('get_repo_refs', { repoid: 'asked' })).branches,
      ),
    ).toEqual(['feature', 'main']);
  });

  it('cannot push a ref that lies outside of `refs/`, or whose name is none', async () => {
    await client.git('.', 'clone', '-q', address('asked'), 'asked');
    const id = await client.git('asked', 'rev-parse', 'HEAD');
    const zero = '0'.repeat(40);
    const pack = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
    for (const ref of [
      'HEAD',
      'config',
      'refs/heads/../../config',
      'refs/heads/a.lock',
      'hooks/post-receive',
    ]) {
      const response = await fetch(`${target.gateway.url}/asked/git-receive-pack`, {
        method: 'POST',
        headers: {
          ...bearer(target.gateway.adminKey),
          'content-type': 'application/x-git-receive-pack-request',
        },
        body: Buffer.concat([Buffer.from(packet(`${zero} ${id} ${ref}\0report-status`) + '0000'), pack]),
      });
      expect(await response.text(), ref).toMatch(/ng |funny refname/);
    }
    const config = join(target.gateway.settings.repoRoot, 'asked', 'config');
    expect(await client.git('.', 'config', '--file', config, 'core.bare')).toBe('true');
  });
});

describe.skipIf(!hasHg)(`what clients of ${skippedTitle('hg')} send`, () => {
  it('is no option to Mercurial, in a query, in headers or in the environment', async () => {
    await target.repository('asked-hg', 'hg');
    const queries = (text: string) => [
      `cmd=lookup&key=${text}`,
      `cmd=listkeys&namespace=${text}`,
      `cmd=known&nodes=${text}`,
      `cmd=getbundle&heads=${text}&common=${text}&bundlecaps=${text}`,
      `cmd=between&pairs=${text}`,
      `cmd=batch&cmds=${encodeURIComponent(`lookup key=${text}`)}`,
      `cmd=${text}`,
      `cmd=debugwireargs&one=${text}&two=${text}`,
      `cmd=pushkey&namespace=${text}&key=${text}&old=&new=${text}`,
    ];
    const [, , config = '', , , , path = ''] = target.values;
    for (const text of [config, path].map(encodeURIComponent))
      for (const query of queries(text)) {
        const args = Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => name !== 'cmd'));
        const inHeader = new URLSearchParams(args).toString();
        for (const headers of [[], [['x-hgarg-1', inHeader]]]) {
          const response = await fetch(`${target.gateway.url}/asked-hg?${query}`, {
            method: 'POST',
            headers: { ...bearer(target.gateway.adminKey), ...Object.fromEntries(headers) },
          });
          await response.arrayBuffer();
        }
      }
    const heads = await fetch(`${target.gateway.url}/asked-hg?cmd=heads`, {
      headers: bearer(target.gateway.adminKey),
    });
    expect(heads.status).toBe(200);
    expect(target.damage()).toEqual([]);
  });
});
