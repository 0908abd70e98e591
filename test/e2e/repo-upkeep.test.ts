import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { VersionControl } from '../../src/vcs/vcs.js';
import { MANY_COMMITS } from '../../src/vcs/git/commit-graph.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
const folder = mkdtempSync(join(tmpdir(), 'forgegate-upkeep-'));
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

const graphOf = (repo: string) =>
  join(gateway.settings.repoRoot, repo, 'objects', 'info', 'commit-graphs', 'commit-graph-chain');

/** Pushes so many commits into a new repository. */
async function push(repo: string, commits: number): Promise<void> {
  await gateway.call('create_repo', { repo_name: repo, repo_type: 'git' });
  const source = join(folder, repo);
  const env = { PATH: process.env.PATH, HOME: folder };
  execFileSync('git', ['init', '-q', '--bare', source], { env });
  const stream = Array.from({ length: commits }, (_, index) => {
    const head = `commit refs/heads/main\ncommitter Con <con@example.com> ${1_700_000_000 + index} +0000\n`;
    return `${head}data 4\nwork\nM 100644 inline f${index % 50}\ndata 5\n${String(index).padStart(5)}\n`;
  });
  execFileSync('git', ['-C', source, 'fast-import', '--quiet'], { env, input: stream.join('\n') });
  const remote = `http://admin:${gateway.adminKey}@${new URL(gateway.url).host}/${repo}`;
  // The gateway runs in this very process, which must not wait for the client.
  await promisify(execFile)('git', ['-C', source, 'push', '-q', remote, 'main'], { env });
}

describe('after a push', () => {
  it('a large repository gets a commit-graph that knows the changed paths', async () => {
    await push('large', MANY_COMMITS + 1);
    await expect.poll(() => existsSync(graphOf('large')), { timeout: 20_000 }).toBe(true);
    const repo = join(gateway.settings.repoRoot, 'large');
    const verified = execFileSync('git', ['-C', repo, 'commit-graph', 'verify'], { stdio: 'pipe' });
    expect(verified.toString()).toBe('');
    const found = execFileSync('git', ['-C', repo, 'rev-list', '--count', 'main', '--', 'f7']).toString();
    expect(found.trim()).toBe(String(Math.ceil((MANY_COMMITS - 6) / 50)));
  });

  it('a small one gets none', async () => {
    const optimize = vi.spyOn(gateway.app.get(VersionControl).backend('git'), 'optimize');
    await push('small', 3);
    await vi.waitFor(() => expect(optimize).toHaveBeenCalled());
    await optimize.mock.results[0]?.value;
    expect(existsSync(graphOf('small'))).toBe(false);
    optimize.mockRestore();
  });
});
