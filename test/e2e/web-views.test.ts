import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { programsIn } from '../harness/processes.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { WorkTree } from '../harness/repositories.js';
import { bearer, leaveEarly, told, visit, type Visit } from '../harness/web.js';

const HOSTILE = '<script>alert(1)</script>';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const large = randomBytes(3 * 1024 * 1024);
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const get = (path: string, { headers = {}, ...more }: Visit = {}) =>
  visit(gateway, path, { headers: { ...bearer(gateway.adminKey), ...headers }, ...more });

describe.each(REPO_TYPES)('a web view', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const name = `views-${type}`;
    const main = type === 'git' ? 'main' : 'default';
    let id: number;
    let first: string;
    let second: string;

    beforeAll(async () => {
      await gateway.call('create_repo', {
        repo_name: name,
        repo_type: type,
        description: `Tools & ${HOSTILE}`,
        enable_downloads: true,
      });
      id = (await gateway.call<{ repo_id: number }>('get_repo', { repoid: name })).repo_id;
      const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, name));
      const files = {
        'sub dir/é file.txt': 'text ü\n',
        'page.html': `<!doctype html>${HOSTILE}`,
        'image.svg': SVG,
        'image.png': PNG,
        'code.ts': 'const one = 1;\n',
        'data.json': '{}',
        'latin1.txt': Buffer.from([0x66, 0xfc, 0x72, 0x0a]),
        LICENSE: 'free\n',
        empty: '',
        'large.bin': large,
        'site.git/info/refs': 'a fixture\n',
        'site.git/info/lfs/objects': 'another\n',
        'bin/git-upload-pack': '#!/bin/sh\n',
      };
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(tree.directory, file)), { recursive: true });
        writeFileSync(join(tree.directory, file), content);
      }
      first = tree.commit('change.txt', 'one\n', `first ${HOSTILE}`);
      second = tree.commit('change.txt', 'two\n', 'second & last\n\nwith a body');
      tree.branch('feature/x');
      tree.commit('only-here.txt', 'branch\n', 'on a branch');
      tree.push();
      tree.remove();
      await gateway.call('invalidate_cache', { repoid: name });
    });

    describe('raw', () => {
      it.each([
        ['code.ts', 'text/plain; charset=utf-8', 'inline'],
        ['LICENSE', 'text/plain; charset=utf-8', 'inline'],
        ['latin1.txt', 'text/plain', 'inline'],
        ['page.html', 'text/plain; charset=utf-8', 'inline'],
        ['image.svg', 'image/svg+xml', 'inline'],
        ['image.png', 'image/png', 'inline'],
        ['data.json', 'application/json', 'inline'],
        ['large.bin', 'application/octet-stream', 'attachment'],
      ])('shows %s as %s in a sandbox', async (file, contentType, disposition) => {
        const { status, headers } = await get(`/${name}/raw/${second}/${file}`);
        expect(status).toBe(200);
        expect(headers['content-type']).toBe(contentType);
        expect(headers['content-disposition']).toMatch(new RegExp(`^${disposition}; filename="`));
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['content-security-policy']).toBe(
          "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        );
      });

      it('sends every byte, under whatever name', async () => {
        expect((await get(`/${name}/raw/${first}/sub%20dir/%C3%A9%20file.txt`)).text).toBe('text ü\n');
        expect((await get(`/${name}/raw/${first}/large.bin`)).body.equals(large)).toBe(true);
        expect((await get(`/${name}/raw/${first}/empty`)).body).toHaveLength(0);
      });

      it('sends files that are called as requests of git and of LFS are', async () => {
        const text = async (view: string, file: string) =>
          (await get(`/${name}/${view}/${first}/${file}`)).text;
        expect(await text('raw', 'site.git/info/refs')).toBe('a fixture\n');
        expect(await text('rawfile', 'site.git/info/lfs/objects')).toBe('another\n');
        expect(await text('raw', 'bin/git-upload-pack')).toBe('#!/bin/sh\n');
      });

      it('takes what users write for a revision, names with slashes too', async () => {
        const body = async (revision: string, file: string) =>
          (await get(`/${name}/raw/${revision}/${file}`)).text;
        expect(await body(first, 'change.txt')).toBe('one\n');
        expect(await body(first.slice(0, 12), 'change.txt')).toBe('one\n');
        expect(await body(main, 'change.txt')).toBe('two\n');
        expect(await body('feature/x', 'only-here.txt')).toBe('branch\n');
        expect(await body('feature%2Fx', 'only-here.txt')).toBe('branch\n');
        expect(await body('0', 'change.txt')).toBe('one\n');
      });

      it('is told by its id whether it is still the same', async () => {
        const path = `/${name}/raw/${main}/change.txt`;
        const { headers } = await get(path);
        const etag = headers.etag ?? '';
        expect(etag).toMatch(/^"[0-9a-f]{40}"$/);
        expect(headers['cache-control']).toBe('private, no-cache');
        for (const given of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
          const again = await get(path, { headers: { 'if-none-match': given } });
          expect(again).toMatchObject({ status: 304, text: '' });
          expect(again.headers.etag).toBe(etag);
        }
        expect((await get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
        expect((await get(`/${name}/raw/${first}/change.txt`)).headers.etag).not.toBe(etag);
      });

      it('gives parts', async () => {
        const path = `/${name}/raw/${first}/large.bin`;
        const part = (range: string, more: Record<string, string> = {}) =>
          get(path, { headers: { range, ...more } });
        const { headers } = await get(path, { method: 'HEAD' });
        expect(headers['accept-ranges']).toBe('bytes');
        expect(headers['content-length']).toBe(String(large.length));

        const middle = await part('bytes=1500000-1500009');
        expect(middle.status).toBe(206);
        expect(middle.headers['content-range']).toBe(`bytes 1500000-1500009/${large.length}`);
        expect(middle.headers['content-length']).toBe('10');
        expect(middle.body).toEqual(large.subarray(1_500_000, 1_500_010));
        expect((await part('bytes=-5')).body).toEqual(large.subarray(-5));
        expect((await part(`bytes=${large.length - 3}-`)).body).toEqual(large.subarray(-3));

        expect(await part(`bytes=${large.length}-`)).toMatchObject({
          status: 416,
          headers: { 'content-range': `bytes */${large.length}` },
        });
        expect((await part('bytes=0-1,5-6')).status).toBe(200);
        expect((await part('lines=1-2')).status).toBe(200);
        expect((await part('bytes=0-0', { 'if-range': headers.etag ?? '' })).status).toBe(206);
        expect((await part('bytes=0-0', { 'if-range': '"other"' })).status).toBe(200);
        const small = (range: string) => get(`/${name}/raw/${first}/LICENSE`, { headers: { range } });
        expect(await small('bytes=1-2')).toMatchObject({ status: 206, text: 're' });
        expect(await small('bytes=-100')).toMatchObject({ status: 206, text: 'free\n' });
        expect(await small('bytes=1-99999999999999999999')).toMatchObject({ status: 206, text: 'ree\n' });
        for (const range of ['bytes=3-1', 'bytes=-', 'bytes=a-b', 'bytes=0-0,-1'])
          expect(await small(range), range).toMatchObject({ status: 200, text: 'free\n' });
        for (const range of ['bytes=-0', 'bytes=5-', 'bytes=5-9'])
          expect((await small(range)).headers['content-range'], range).toBe('bytes */5');
        const empty = await get(`/${name}/raw/${first}/empty`, { headers: { range: 'bytes=-1' } });
        expect(empty.status).toBe(416);
      });

      it('says with HEAD what GET would', async () => {
        const path = `/${name}/raw/${first}/LICENSE`;
        const [head, whole] = [await get(path, { method: 'HEAD' }), await get(path)];
        expect(head.text).toBe('');
        expect(told(head).headers).toEqual(told(whole).headers);
        const ranged = await get(path, { method: 'HEAD', headers: { range: 'bytes=1-2' } });
        expect(ranged.status).toBe(200);
        expect(told(ranged).headers).toEqual(told(whole).headers);
      });

      it.each(['nothing', 'sub%20dir', '', '../../etc/passwd', '..%2F..%2Fetc%2Fpasswd', '-LICENSE'])(
        'has nothing at %j',
        async (file) => {
          const { status, text } = await get(`/${name}/raw/${first}/${file}`);
          expect(status).toBe(404);
          expect(text).not.toContain(gateway.settings.repoRoot);
        },
      );

      it.each(['1'.repeat(40), 'nobranch', '--help', '--output=x', ';id', `${'x'.repeat(900)}`])(
        'has no revision %j',
        async (revision) => {
          const { status, text } = await get(`/${name}/raw/${revision}/LICENSE`);
          expect(status).toBe(404);
          expect(text).toMatch(/does not exist/);
        },
      );
    });

    it('of a file to be saved gives it its name', async () => {
      const { headers, text } = await get(`/${name}/rawfile/${first}/sub%20dir/%C3%A9%20file.txt`);
      expect(text).toBe('text ü\n');
      expect(headers['content-disposition']).toBe(
        `attachment; filename="? file.txt"; filename*=UTF-8''%C3%A9%20file.txt`,
      );
    });

    it.each(['changeset-diff', 'raw-diff', 'changeset-download'])('%s is a difference', async (view) => {
      const { headers, text } = await get(`/${name}/${view}/${second}`);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(text).toContain('-one\n+two\n');
      expect(headers.etag).toBe(`"${second}-diff"`);
      expect(headers['content-disposition'] ?? 'shown').toMatch(
        view === 'changeset-download' ? /^attachment; filename="[0-9a-f]{12}\.diff"$/ : /^shown$/,
      );
      const again = await get(`/${name}/${view}/${second}`, {
        headers: { 'if-none-match': headers.etag ?? '' },
      });
      expect(again.status).toBe(304);
      expect((await get(`/${name}/${view}/${first}`)).text).toContain('+one\n');
    });

    it('changeset-patch can be applied by the tool', async () => {
      const { text } = await get(`/${name}/changeset-patch/${second}`);
      expect(text).toContain('with a body');
      const file = join(mkdtempSync(join(tmpdir(), 'forgegate-patch-')), 'patch');
      const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, name));
      writeFileSync(file, text);
      const env = {
        PATH: process.env.PATH,
        HOME: tmpdir(),
        GIT_COMMITTER_NAME: 'C',
        GIT_COMMITTER_EMAIL: 'c@x.y',
      };
      const inTree = (...args: string[]) =>
        execFileSync(type, args, { cwd: tree.directory, env, stdio: 'pipe' }).toString();
      if (type === 'git') {
        inTree('checkout', '-q', first);
        inTree('am', '-q', file);
        expect(inTree('log', '-1', '--format=%an <%ae>: %s')).toBe('Ada <ada@example.com>: second & last\n');
      } else {
        inTree('update', '-q', '-C', first);
        inTree('import', '-q', file);
        expect(inTree('log', '-r', '.', '-T', '{author}: {desc|firstline}')).toBe(
          'Ada <ada@example.com>: second & last',
        );
      }
      tree.remove();
    });

    it.each([
      ['zip', 'application/zip'],
      ['tar.gz', 'application/gzip'],
      ['tar.bz2', 'application/x-bzip2'],
    ])('archive gives all files as .%s', async (format, contentType) => {
      const { status, headers, body } = await get(`/${name}/archive/${main}.${format}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(contentType);
      expect(headers['content-disposition']).toBe(
        `attachment; filename="${name}-${second.slice(0, 12)}.${format}"`,
      );
      const folder = mkdtempSync(join(tmpdir(), 'forgegate-archive-'));
      const file = join(folder, 'archive');
      writeFileSync(file, body);
      const unpack = 'import shutil, sys; shutil.unpack_archive(sys.argv[1], sys.argv[2], sys.argv[3])';
      const kind = { zip: 'zip', 'tar.gz': 'gztar', 'tar.bz2': 'bztar' }[format] ?? '';
      execFileSync('python3', ['-c', unpack, file, folder, kind]);
      const inside = join(folder, `${name}-${second.slice(0, 12)}`, 'change.txt');
      expect(execFileSync('cat', [inside]).toString()).toBe('two\n');
      rmSync(folder, { recursive: true });
      const again = await get(`/${name}/archive/${main}.${format}`, {
        headers: { 'if-none-match': headers.etag ?? '' },
      });
      expect(again.status).toBe(304);
    });

    it('archive is not there while downloads are off, and says what an archive is called', async () => {
      await gateway.call('update_repo', { repoid: name, enable_downloads: false });
      const off = await get(`/${name}/archive/${main}.zip`);
      expect(off.status).toBe(404);
      expect(off.text).toContain('enable_downloads');
      await gateway.call('update_repo', { repoid: name, enable_downloads: true });
      expect((await get(`/${name}/archive/${main}.rar`)).text).toContain('.tar.gz');
    });

    it('refs-data has the shape of Kallithea', async () => {
      const { headers, text } = await get(`/${name}/refs-data`);
      expect(headers['content-type']).toBe('application/json');
      const { results } = JSON.parse(text) as { results: { text: string; children: object[] }[] };
      expect(results[0]?.text).toBe('Branch');
      expect(results[0]?.children).toContainEqual({ id: second, text: main, type: 'branch' });
    });

    it.each(['atom', 'rss'])('feed/%s is well-formed and names the changesets', async (kind) => {
      const { headers, text } = await get(`/${name}/feed/${kind}`);
      expect(headers['content-type']).toBe(`application/${kind}+xml; charset=utf-8`);
      expect(text).toContain(`http://gateway.test/${name}/changeset/${second}`);
      expect(text).toContain('second &amp; last');
      expect(text).toContain(`first &lt;script&gt;`);
      const check = 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())';
      execFileSync('python3', ['-c', check], { input: text });
    });

    it.each(['', '/changeset/tip', '/feed/atom', '/feed/rss', '/refs-data', '/nothing'])(
      'escapes what users wrote: %s',
      async (path) => {
        const { text, headers } = await get(`/${name}${path}`, { headers: { accept: 'text/html' } });
        expect(text).not.toContain(HOSTILE);
        expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
        expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-inline'; sandbox$^/);
      },
    );

    it('of the repository shows what there is', async () => {
      const { headers, text } = await get(`/${name}`);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(text).toContain(`Tools &amp; &lt;script&gt;`);
      expect(text).toContain(`${type} clone http://gateway.test/${name}`);
      expect(text).toContain(`href="/${name}/changeset/${second}"`);
      expect(text).toContain('feature/x');
    });

    it('of the repository has a style that its own policy allows, and no script', async () => {
      const { headers, text } = await get(`/${name}`);
      const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
      const digest = createHash('sha256').update(style).digest('base64');
      expect(style).toContain('body {');
      expect(headers['content-security-policy']).toContain(`style-src 'sha256-${digest}'`);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
      expect(text).not.toMatch(/<script| style=| on\w+=/);
    });

    it('of a changeset shows message, files and difference, of a first one too', async () => {
      const { text } = await get(`/${name}/changeset/${second}`);
      expect(text).toContain('with a body');
      expect(text).toContain('<span class="del">-one</span><span class="add">+two</span>');
      expect(text).toContain(`href="/${name}/changeset/${first}"`);
      const root = await get(`/${name}/changeset/${first}`);
      expect(root.status).toBe(200);
      expect(root.text).toContain('&lt;script&gt;');
    });

    it('of a changeset shows comments', async () => {
      const { comment_id } = await gateway.call<{ comment_id: number }>('comment_changeset', {
        repoid: name,
        raw_id: second,
        comment_msg: `see ${HOSTILE}`,
      });
      const { text } = await get(`/${name}/changeset/${second}`);
      expect(text).toContain(`data-comment-id="${comment_id}"`);
      expect(text).not.toContain(HOSTILE);
    });

    it('can be found by the id of the repository', async () => {
      expect((await get(`/_${id}/raw/${first}/change.txt`)).text).toBe('one\n');
      expect((await get(`/_${id}/feed/atom`)).status).toBe(200);
      expect((await get(`/_${id}`)).text).toBe((await get(`/${name}`)).text);
    });

    it('stops reading when its client has gone', async () => {
      const children = () => programsIn(gateway.settings.repoRoot, /cat-file blob/).length;
      const before = children();
      await leaveEarly(gateway, `/${name}/raw/${first}/large.bin`, bearer(gateway.adminKey));
      await expect.poll(children).toBe(before);
    });

    it('is counted and timed by its name and the status of its answer', async () => {
      const counted = async (view: string, status: string) => {
        const text = await (await fetch(`${gateway.url}/_admin/metrics`)).text();
        const line = new RegExp(
          `^web_view_requests_total\\{view="${view}",status="${status}"\\} (\\d+)$`,
          'm',
        );
        return Number(line.exec(text)?.[1] ?? 0);
      };
      const before = [await counted('raw', '200'), await counted('none', '404'), await counted('raw', '404')];
      await get(`/${name}/raw/${first}/LICENSE`);
      await get(`/${name}-that-is-not-there/raw/${first}/LICENSE`);
      await get(`/${name}/raw/${first}/nothing`);
      const after = [await counted('raw', '200'), await counted('none', '404'), await counted('raw', '404')];
      expect(after).toEqual(before.map((count) => count + 1));
    });

    it('of an empty repository says so', async () => {
      await gateway.call('create_repo', { repo_name: `empty-${type}`, repo_type: type });
      expect((await get(`/empty-${type}`)).text).toContain('There are none yet');
      expect((await get(`/empty-${type}/feed/atom`)).status).toBe(200);
      expect((await get(`/empty-${type}/raw/tip/x`)).status).toBe(404);
      expect(JSON.parse((await get(`/empty-${type}/refs-data`)).text)).toEqual({
        more: false,
        results: [{ text: 'Branch', children: [] }],
      });
    });
  });
});
