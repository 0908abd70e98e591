import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runningProcesses } from '../../test/harness/processes.js';
import { RemoteServer } from '../../test/harness/remote-server.js';
import { SELF_SIGNED } from '../../test/harness/self-signed.js';
import {
  hasHg,
  loopbackClosed,
  loopbackOpen,
  REPO_TYPES,
  skippedTitle,
  VcsSandbox,
} from '../../test/harness/vcs-sandbox.js';
import { VcsError, type VcsBackend } from './vcs.js';
import { VersionControlService } from './version-control.service.js';

const open = new VersionControlService(loopbackOpen);
const closed = new VersionControlService(loopbackClosed);
afterAll(() => Promise.all([open.close(), closed.close(), VcsSandbox.end()]));

/** Every file below a directory, as one text. */
function everything(directory: string): string {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

async function failure(work: Promise<unknown>): Promise<VcsError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VcsError);
  return error as VcsError;
}

describe.each(REPO_TYPES)('a remote', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const box = new VcsSandbox();
    const backend: VcsBackend = open.backend(type);
    const source = box.path('served', 'source');
    /** Path below the server: hg serves one repository, git a directory of them. */
    const at = type === 'git' ? 'source' : '';
    let server: RemoteServer;
    let first: string;
    let copy: string;
    let copies = 0;
    beforeAll(async () => {
      await backend.create(source);
      first = await box.commit(type, source);
      server = await RemoteServer.start(type, type === 'git' ? box.path('served') : source);
    });
    beforeEach(() => {
      copies += 1;
      copy = box.path('copies', String(copies));
    });
    afterEach(() => {
      server.requests.length = 0;
    });
    afterAll(async () => {
      await server.close();
      box.remove();
    });

    it('is cloned and pulled over HTTP', async () => {
      await backend.clone(copy, { url: server.url(at) });
      expect((await backend.lastChangeset(copy))?.rawId).toBe(first);
      const next = await box.commit(type, source);
      await backend.pull(copy, { url: server.url(at) });
      expect((await backend.lastChangeset(copy))?.rawId).toBe(next);
      first = next;
    });

    it.runIf(type === 'git')('tells how far it is, and still what went wrong (only git tells)', async () => {
      const texts = new Set<string>();
      const onProgress = ({ text }: { text: string }) => texts.add(text);
      await backend.clone(copy, { url: server.url(at) }, { onProgress });
      first = await box.commit(type, source);
      await backend.pull(copy, { url: server.url(at) }, { onProgress });
      expect([...texts]).toEqual(expect.arrayContaining(['Counting objects', 'Receiving objects']));
      const error = await failure(backend.pull(copy, { url: server.url('nowhere') }, { onProgress }));
      expect(error.message).toBe('there is no git repository at the source');
    });

    it.runIf(type === 'hg')(
      'is pulled from after an earlier pull was killed while it wrote (only hg leaves a journal)',
      async () => {
        await backend.clone(copy, { url: server.url(at) });
        first = await box.commit(type, source);
        // What is found there then; nothing had been written yet
        writeFileSync(join(copy, '.hg', 'store', 'journal'), '');
        await backend.pull(copy, { url: server.url(at) });
        expect((await backend.lastChangeset(copy))?.rawId).toBe(first);
      },
    );

    it('is not dialled when its address is private', async () => {
      for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0x7f.1']) {
        const url = `http://${host}:${server.port}/${at}`;
        const error = await failure(closed.backend(type).clone(copy, { url }));
        expect(error).toMatchObject({
          code: 'ADDRESS_BLOCKED',
          message: 'the address of the source is not public (see FORGEGATE_ALLOW_PRIVATE_NETWORKS)',
        });
      }
      expect(server.requests).toEqual([]);
      expect(existsSync(copy)).toBe(false);
    });

    it('gets credentials that stay out of the repository, the arguments and the errors', async () => {
      const password = 'p@ss w:rd/%';
      const guarded = await RemoteServer.start(type, type === 'git' ? box.path('served') : source, {
        credentials: `ann:${password}`,
      });
      try {
        const url = guarded.url(at, `ann:${encodeURIComponent(password)}@`);
        await backend.clone(copy, { url });
        expect((await backend.lastChangeset(copy))?.rawId).toBe(first);
        expect(everything(copy)).not.toMatch(/p@ss|p%40ss|YW5uO/);
        const wrong = await failure(backend.pull(copy, { url: guarded.url(at, 'ann:wr0ng-secret@') }));
        expect(wrong).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
        expect(`${wrong.message} ${wrong.detail}`).not.toMatch(/wr0ng|\/tmp\//);
        expect(wrong.message).toBe('the source refuses these credentials or asks for some');
        const none = await failure(backend.pull(copy, { url: guarded.url(at) }));
        expect(none.message).toBe('the source refuses these credentials or asks for some');
      } finally {
        await guarded.close();
      }
    });

    it('is not followed to another host', async () => {
      const redirecting = await RemoteServer.start(type, source, {
        redirectTo: `http://127.0.0.1:${server.port}`,
      });
      try {
        const error = await failure(backend.clone(copy, { url: redirecting.url(at) }));
        expect(error.code).toBe('REMOTE_UNREACHABLE');
        expect(redirecting.requests.length).toBeGreaterThan(0);
        expect(server.requests).toEqual([]);
        expect(readdirSync(box.path('copies')).filter((name) => name.startsWith('.'))).toEqual([]);
      } finally {
        await redirecting.close();
      }
    });

    it('is reached through the egress proxy, which then checks names itself', async () => {
      const proxied = new VersionControlService({ ...loopbackClosed, egressProxy: server.url('') });
      try {
        // The test's server is no real proxy; that it was asked for the name is what counts.
        await Promise.allSettled([
          proxied.backend(type).clone(copy, { url: `http://nowhere.invalid/${at}` }),
        ]);
        expect(server.requests.some((line) => line.includes('http://nowhere.invalid/'))).toBe(true);
      } finally {
        await proxied.close();
      }
    });

    it('that says nothing is left when the caller goes', async () => {
      const silent = await RemoteServer.start(type, source, { isSilent: true });
      const going = new AbortController();
      try {
        const work = failure(
          backend.clone(copy, { url: silent.url('marked-path') }, { signal: going.signal }),
        );
        await vi.waitFor(() => expect(silent.requests.length).toBeGreaterThan(0), { timeout: 10_000 });
        expect(runningProcesses().filter(({ args }) => args.includes('visible-secret'))).toEqual([]);
        going.abort();
        expect((await work).code).toBe('ABORTED');
        expect(runningProcesses().filter(({ args }) => args.includes(`:${silent.port}/`))).toEqual([]);
        expect(existsSync(copy)).toBe(false);
      } finally {
        await silent.close();
      }
    });

    it.each([
      'ext::sh -c touch% /tmp/pwned',
      'file:///etc',
      '/etc',
      'ssh://-oProxyCommand=touch/x',
      'git://example.com/x',
      '--upload-pack=touch',
      '-oProxyCommand=x',
      'http://',
      'http://a b/',
      'https://example.com/\nx',
      'https://example.com/\tx',
      'http:\\\\example.com',
      'https://example.com/x#frag',
      'https://ann:%00--config%00hooks.pre-clone=touch@example.com/x',
      'static-http://example.com/x',
      'bundle:/tmp/x',
    ])('cannot be %j', async (url) => {
      const error = await failure(backend.clone(copy, { url }));
      expect(error).toMatchObject({
        code: 'INVALID_SOURCE',
        message: 'the source must be an http:// or https:// address',
      });
      expect(existsSync(copy)).toBe(false);
    });

    it('whose certificate nobody vouches for is not read', async () => {
      let asked = 0;
      const secure = createServer(SELF_SIGNED, () => (asked += 1));
      secure.listen(0, '127.0.0.1');
      await once(secure, 'listening');
      const { port } = secure.address() as AddressInfo;
      const error = await failure(backend.clone(copy, { url: `https://ann:pw@localhost:${port}/x` }));
      secure.close();
      expect(error.message).toBe('the certificate of the source is not trusted');
      expect(asked).toBe(0);
    });

    it('without an address, or without a repository, is told apart', async () => {
      const nowhere = await failure(backend.clone(copy, { url: 'https://no-such-host.invalid/x' }));
      expect(nowhere).toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        message: 'the host of the source cannot be found',
      });
      const empty = await RemoteServer.start('git', box.path('copies'));
      try {
        const missing = await failure(backend.clone(copy, { url: empty.url('none') }));
        expect(missing.code).toBe('REMOTE_UNREACHABLE');
        expect(missing.message).toMatch(/^there is no (git|Mercurial) repository at the source$/);
      } finally {
        await empty.close();
      }
      const silenced = await failure(backend.clone(copy, { url: 'http://127.0.0.1:1/x' }));
      expect(silenced).toMatchObject({ code: 'REMOTE_UNREACHABLE', message: 'the source cannot be reached' });
    });
  });
});
