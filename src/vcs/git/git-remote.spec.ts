import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteServer } from '../../../test/harness/remote-server.js';
import { VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import type { Remote } from '../remote.js';
import { Tool } from '../tool.js';
import { GitCommand } from './git-command.js';
import type { TransferProgress } from '../vcs.js';
import { progressReader, transferConfig } from './git-remote.js';

const git = new GitCommand(new Tool({ program: 'git', title: 'git', minimum: [2, 38], missing: '' }));
const remote: Remote = {
  url: 'http://pinned.invalid/source',
  protocol: 'http:',
  hostname: 'pinned.invalid',
  port: 80,
  credentials: null,
  addresses: [{ address: '127.0.0.1', family: 4 }],
};

describe('a git transfer', () => {
  const box = new VcsSandbox();
  let server: RemoteServer;
  let id: string;
  beforeAll(async () => {
    await git.output(['init', '--quiet', '--bare', box.path('source')], {});
    id = await box.commit('git', box.path('source'));
    server = await RemoteServer.start('git', box.root);
  });
  afterAll(async () => {
    await server.close();
    box.remove();
  });

  it('dials the checked address and asks no resolver', async () => {
    const url = `http://pinned.invalid:${server.port}/source`;
    const config = transferConfig({ ...remote, url, port: server.port }, null);
    const listed = await git.output(['ls-remote', url, 'refs/heads/main'], {
      gitDir: box.path('source'),
      protocols: 'http:https',
      config,
    });
    expect(listed).toBe(`${id}\trefs/heads/main\n`);
  });

  it('writes IPv6 addresses in brackets and leaves literals alone', () => {
    const addresses = [
      { address: '2001:4860::1', family: 6 },
      { address: '8.8.8.8', family: 4 },
    ] as const;
    expect(transferConfig({ ...remote, addresses }, null)).toContainEqual([
      'http.curloptResolve',
      'pinned.invalid:80:[2001:4860::1],8.8.8.8',
    ]);
    const literal = transferConfig({ ...remote, hostname: '8.8.8.8', url: 'http://8.8.8.8/source' }, null);
    expect(literal.map(([key]) => key)).not.toContain('http.curloptResolve');
  });

  it('shows credentials to the host of the remote only', () => {
    const credentials = { username: 'ann', password: 'pw' };
    expect(transferConfig({ ...remote, credentials }, null)).toContainEqual([
      'http.http://pinned.invalid/.extraHeader',
      `Authorization: Basic ${Buffer.from('ann:pw').toString('base64')}`,
    ]);
  });
});

describe('the progress of git', () => {
  const read = (...lines: string[]) => {
    const told: TransferProgress[] = [];
    const taken = lines.map(progressReader((progress) => told.push(progress)));
    return { told, taken };
  };

  it('is read off its lines, ours and those of the other side', () => {
    const { told, taken } = read(
      'remote: Counting objects:  50% (1/2)',
      'Receiving objects: 100% (12/12), 1.50 KiB | 1.50 MiB/s, done.',
      'remote: Enumerating objects: 12, done.',
      "Cloning into bare repository '/somewhere'...",
      '* [new branch]      main       -> main',
    );
    expect(told).toEqual([
      { done: 1, total: 2, text: 'Counting objects' },
      { done: 12, total: 12, text: 'Receiving objects' },
    ]);
    expect(taken).toEqual([true, true, true, true, true]);
  });

  it('is nothing else', () => {
    const { told, taken } = read(
      'fatal: unable to access: 50% (1/2)',
      '! [rejected]        main       -> main',
      'remote: Total 12 (delta 0), reused 0 (delta 0)',
      `remote: A${'a'.repeat(41)}: 50% (1/2)`,
    );
    expect(told).toEqual([]);
    expect(taken).toEqual([false, false, false, false]);
  });
});
