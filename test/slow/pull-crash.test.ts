import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CrashStage } from '../harness/crash-stage.js';
import { RemoteServer } from '../harness/remote-server.js';
import { hasHg } from '../harness/repositories.js';
import { VcsSandbox } from '../harness/vcs-sandbox.js';

let stage: CrashStage;
let box: VcsSandbox;
beforeEach(async () => {
  stage = await CrashStage.set();
  box = new VcsSandbox();
});
afterEach(async () => {
  await stage.close();
  await VcsSandbox.end();
  box.remove();
});

describe.each(['git', 'hg'] as const)('kill -9 during a pull (%s)', (type) => {
  it.skipIf(type === 'hg' && !hasHg)(
    'of the gateway and all that it started leaves nothing, once the pull was made again',
    async () => {
      const source = box.path('served', 'source');
      const [root, at] = type === 'git' ? [box.path('served'), 'source'] : [source, ''];
      await stage.client[type](
        '.',
        'init',
        '-q',
        ...(type === 'git' ? ['--bare', '-b', 'main'] : []),
        source,
      );
      await stage.gateway.call('create_repo', { repo_name: 'proj', repo_type: type });
      await box.commit(type, source, { message: randomBytes(300_000).toString('base64') });
      const half = await RemoteServer.start(type, root, { isHalf: true });
      const left = () =>
        readdirSync(stage.directory('proj'), { recursive: true, encoding: 'utf8' }).filter((name) =>
          /tmp_|forgegate-pull|journal|store\/lock/.test(name),
        );
      const pull = stage.gateway
        .call('pull', { repoid: 'proj', clone_uri: half.url(at) })
        .catch((error: unknown) => error);
      await vi.waitFor(() => expect(half.halves).toBe(1), { timeout: 30_000 });
      await vi.waitFor(() => expect(left()).not.toEqual([]), { timeout: 30_000 });
      await stage.gateway.killAll();
      await pull;
      expect(left()).not.toEqual([]);
      // The second half comes this time
      half.options.isHalf = false;
      await stage.start();
      await vi.waitFor(
        async () =>
          expect(await stage.gateway.call('get_repo', { repoid: 'proj' })).toMatchObject({
            last_changeset: { revision: 0 },
          }),
        { timeout: 60_000 },
      );
      expect(left()).toEqual([]);
      await half.close();
    },
  );
});
