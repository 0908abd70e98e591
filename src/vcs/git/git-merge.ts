import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanDiagnostics } from '../diagnostics.js';
import { conflictsIn } from '../merge-conflicts.js';
import { requireFullId } from '../names.js';
import { VcsError, type MergeRequest, type OperationOptions, type PreparedMerge, type Side } from '../vcs.js';
import type { GitCall, GitCommand } from './git-command.js';
import { branchRef } from './git-refs.js';
import { inPullQuarantine } from './pull-quarantine.js';

const INIT = ['init', '--quiet', '--bare', '--template=', '--end-of-options'];

/**
 * Merges without a work tree. Everything runs in an empty repository of our own that borrows the object stores, so that
 * the configuration of the served one (merge drivers, say) has no say.
 */
export class GitMerge {
  constructor(private readonly git: GitCommand) {}

  /** What is made on the way goes with the scratch repository. */
  conflicts(target: Side, source: Side, { signal }: OperationOptions = {}): Promise<string[]> {
    const alternates = [...new Set([target.path, source.path])].map((path) => join(path, 'objects'));
    return this.inScratch(signal, async (gitDir) => {
      const { conflicts } = await this.mergeTrees({ gitDir, alternates, signal }, target, source);
      return conflicts;
    });
  }

  async merge<T>(
    request: MergeRequest,
    use: (prepared: PreparedMerge) => Promise<T>,
    { signal }: OperationOptions = {},
  ): Promise<T> {
    const { target, source, message, author } = request;
    if (target.type !== 'branch') throw new VcsError('REF_NOT_FOUND', 'git has branches only');
    return this.inScratch(signal, async (gitDir) => {
      const call = { gitDir, objectDirectory: join(target.path, 'objects'), signal };
      if (source.path !== target.path) await this.bring(target, source, { signal });
      const { tree, conflicts } = await this.mergeTrees(call, target, source);
      if (conflicts.length > 0) throw conflictsIn(conflicts);
      const parents = ['-p', requireFullId(target.rawId), '-p', requireFullId(source.rawId)];
      const commit = ['commit-tree', ...parents, tree];
      const made = await this.git.output(commit, { ...call, identity: author, input: `${message}\n` });
      const rawId = made.trim();
      const publish = () => this.moveBranch(target, rawId, { signal });
      return use({ rawId, path: target.path, pending: null, publish });
    });
  }

  /** The first merge on the way from the commit up to the head; the commit itself when there is none. */
  async mergedBy(path: string, rawId: string, head: string, { signal }: OperationOptions = {}) {
    const range = [`^${requireFullId(rawId)}`, requireFullId(head)];
    const args = ['rev-list', '--topo-order', '--reverse', '--merges', `--ancestry-path=${rawId}`];
    const merges = await this.git.output([...args, '--end-of-options', ...range], { gitDir: path, signal });
    return merges.split('\n')[0] || rawId;
  }

  private async inScratch<T>(signal: AbortSignal | undefined, use: (gitDir: string) => Promise<T>) {
    const scratch = await mkdtemp(join(tmpdir(), 'forgegate-merge-'));
    try {
      await this.git.output([...INIT, scratch], { signal });
      return await use(scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** The source's commits, into the object store of the target. What the target has is not sent again. */
  private bring(target: Side, source: Side, { signal }: OperationOptions): Promise<void> {
    return inPullQuarantine(target.path, async (gitDir) => {
      const call = { gitDir, alternates: [join(target.path, 'objects')], signal };
      await this.git.output([...INIT, gitDir], { signal });
      const have = ['update-ref', '--end-of-options', 'refs/have/target', requireFullId(target.rawId)];
      await this.git.output(have, call);
      const fetch = ['fetch', '--quiet', '--no-write-fetch-head', '--no-tags', '--no-recurse-submodules'];
      const wanted = ['--end-of-options', source.path, requireFullId(source.rawId)];
      await this.git.output([...fetch, ...wanted], { ...call, protocols: 'file' });
    });
  }

  private async mergeTrees(
    call: GitCall,
    target: Side,
    source: Side,
  ): Promise<{ tree: string; conflicts: string[] }> {
    const sides = [requireFullId(target.rawId), requireFullId(source.rawId)];
    const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', '--end-of-options'];
    const { code, stdout, stderr } = await this.git.run([...args, ...sides], call);
    if (code !== 0 && code !== 1) {
      throw new VcsError('FAILED', 'the commits cannot be merged', cleanDiagnostics(stderr));
    }
    const [tree = '', ...conflicts] = stdout
      .toString('utf8')
      .split('\0')
      .filter((part) => part !== '');
    return { tree, conflicts };
  }

  private async moveBranch(
    target: MergeRequest['target'],
    rawId: string,
    { signal }: OperationOptions,
  ): Promise<void> {
    const args = [
      'update-ref',
      '-m',
      'merge',
      '--end-of-options',
      branchRef(target.name),
      rawId,
      target.rawId,
    ];
    await this.git.output(args, { gitDir: target.path, signal }, (stderr) =>
      /but expected|unable to resolve reference|\.lock'/i.test(stderr)
        ? new VcsError('MOVED', 'the target branch moved meanwhile', cleanDiagnostics(stderr))
        : null,
    );
  }
}
