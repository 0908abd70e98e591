import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanDiagnostics } from '../diagnostics.js';
import { conflictsIn } from '../merge-conflicts.js';
import { requireFullId } from '../names.js';
import { VcsError, type MergeRequest, type OperationOptions, type PreparedMerge, type Side } from '../vcs.js';
import type { HgResult } from './command-server.js';
import { succeeded, type HgCommand } from './hg-command.js';
import { changesetsOf } from './hg-records.js';
import { withMergeDirectory } from './merge-directory.js';

type Run = (args: readonly string[]) => Promise<HgResult>;

interface Attempt {
  conflicts: string[];
  /**
   * `forward`: on one named branch the source came straight out of the target, so that Mercurial has nothing to merge.
   * `contained`: the target has the source already.
   */
  kind: 'merged' | 'forward' | 'contained';
}

/** Ships with Mercurial; a work tree then holds only the files that a merge really has to touch. */
export const SPARSE = ['--config', 'extensions.sparse='];

/**
 * Merges in a clone beside the target, which shares its history by hard links and goes afterwards. The served
 * repository gets the result by a push, which Mercurial refuses when somebody was quicker.
 */
export class HgMerge {
  constructor(private readonly hg: HgCommand) {}

  conflicts(target: Side, source: Side, options?: OperationOptions): Promise<string[]> {
    return this.attempt(target, source, options, async (_run, _clone, { conflicts }) => conflicts);
  }

  merge<T>(
    { target, source, message, author }: MergeRequest,
    use: (prepared: PreparedMerge) => Promise<T>,
    options?: OperationOptions,
  ): Promise<T> {
    return this.attempt(target, source, options, async (run, clone, { conflicts, kind }) => {
      if (conflicts.length > 0) throw conflictsIn(conflicts);
      if (kind === 'contained') throw new VcsError('MOVED', 'the target has these commits already');
      const inClone = [...SPARSE, '-R', clone];
      if (kind === 'merged') {
        const user = author.email === '' ? author.name : `${author.name} <${author.email}>`;
        succeeded(await run([...inClone, 'commit', `--message=${message}`, `--user=${user}`]));
      }
      const rawId = kind === 'forward' ? source.rawId : await this.parentOfWorkTree(run, inClone);
      const publish = () => this.publish(run, inClone, target, rawId);
      return use({ rawId, path: clone, pending: clone, publish });
    });
  }

  async mergedBy(path: string, rawId: string, head: string, options?: OperationOptions): Promise<string> {
    const [from, to] = [requireFullId(rawId), requireFullId(head)];
    const revset = `first(sort(merge() and ${from}::${to} and not ${from}, rev))`;
    const [merge] = changesetsOf(await this.hg.json(path, ['log', '-r', revset], options));
    return merge?.rawId ?? rawId;
  }

  private async attempt<T>(
    target: Side,
    source: Side,
    options: OperationOptions | undefined,
    use: (run: Run, clone: string, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const [onto, from] = [requireFullId(target.rawId), requireFullId(source.rawId)];
    return withMergeDirectory(target.path, (clone) =>
      this.hg.session(async (run) => {
        const make = ['--cwd', dirname(clone), 'clone', '--noupdate', '--', url(target.path)];
        succeeded(await run([...make, basename(clone)]));
        if (source.path !== target.path) {
          succeeded(await run(['-R', clone, 'pull', '--rev', from, '--', url(source.path)]));
        }
        const inClone = [...SPARSE, '-R', clone];
        succeeded(await run([...inClone, 'debugsparse', '--exclude', 're:.']));
        succeeded(await run([...inClone, 'update', '--rev', onto]));
        const merged = await run([...inClone, 'merge', '--tool=internal:merge', '--rev', from]);
        const conflicts = merged.code === 1 ? await this.unresolved(run, inClone) : [];
        return use(run, clone, { conflicts, kind: kindOf(merged) });
      }, options),
    );
  }

  private async unresolved(run: Run, inClone: readonly string[]): Promise<string[]> {
    const { stdout } = succeeded(await run([...inClone, 'resolve', '--list', '-T', 'json']));
    const files = JSON.parse(stdout) as { path: string; mergestatus: string }[];
    return files.filter(({ mergestatus }) => mergestatus === 'U').map(({ path }) => path);
  }

  private async parentOfWorkTree(run: Run, inClone: readonly string[]): Promise<string> {
    const { stdout } = succeeded(await run([...inClone, 'log', '-r', '.', '-T', '{node}']));
    return requireFullId(stdout);
  }

  private async publish(
    run: Run,
    inClone: readonly string[],
    target: MergeRequest['target'],
    rawId: string,
  ): Promise<void> {
    const push = [...inClone, 'push', '--new-branch', '--rev', rawId];
    if (target.type === 'branch') {
      const result = await run([...push, '--', url(target.path)]);
      if (result.code !== 0) throw moved(result);
      return;
    }
    // A bookmark may stand where a push sees a second head; what must not move meanwhile is the bookmark.
    const result = await run([...push, '--force', '--', url(target.path)]);
    if (result.code !== 0 && result.code !== 1) throw moved(result);
    const key = ['bookmarks', target.name, target.rawId, rawId];
    const exchanged = await run(['debugpushkey', '--', url(target.path), ...key]);
    if (exchanged.stdout.trim() !== 'True') throw moved(exchanged);
  }
}

/** As a URL, because Mercurial takes what follows a `#` in a path for a branch. */
const url = (path: string) => pathToFileURL(path).href;

function kindOf(merged: HgResult): Attempt['kind'] {
  if (/nothing to merge/.test(merged.stderr)) return 'forward';
  if (/has no effect/.test(merged.stderr)) return 'contained';
  if (merged.code !== 1) succeeded(merged);
  return 'merged';
}

function moved({ stdout, stderr }: HgResult): VcsError {
  const detail = cleanDiagnostics(stderr || stdout);
  const isRace = /new remote (?:head|branch)|changed while pushing|waiting for lock|^False$/im.test(detail);
  return isRace
    ? new VcsError('MOVED', 'the target moved meanwhile, or would get a second head', detail)
    : new VcsError('FAILED', 'Mercurial did not take the merge', detail);
}
