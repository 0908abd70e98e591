import { join } from 'node:path';
import { cleanDiagnostics } from '../diagnostics.js';
import { requireFullId, revisionNotFound } from '../names.js';
import type { Changeset, Comparison, OperationOptions } from '../vcs.js';
import { VcsError } from '../vcs.js';
import { KeptAnswers, lengthOf } from '../kept-answers.js';
import { parseCommit, type GitCommit } from './commit-parser.js';
import type { CommitOrders } from './commit-orders.js';
import type { GitCommand } from './git-command.js';
import type { GitRefReader, GitRefs } from './git-refs.js';
import type { ObjectReaderPool } from './object-reader-pool.js';

interface Side {
  path: string;
  rawId: string;
}

/** Commits that one batch asks for; other readers of the repository have their turn between batches. */
const COMMITS_AT_ONCE = 1_000;
const KEPT_BYTES = 32 * 1024 * 1024;

/** Commits and how they hang together. */
export class GitHistory {
  private readonly commits = new KeptAnswers<GitCommit>(KEPT_BYTES, ({ author, message, parents }) =>
    lengthOf([author, message], parents),
  );

  constructor(
    private readonly git: GitCommand,
    private readonly objects: ObjectReaderPool,
    private readonly refs: GitRefReader,
    private readonly orders: CommitOrders,
  ) {}

  async last(path: string, options: OperationOptions = {}): Promise<Changeset | null> {
    const refs = await this.refs.read(path, options);
    const { branches, headBranch } = refs;
    const head = headBranch === null ? 'HEAD' : branches[headBranch];
    const [answer] = await this.objects.read(
      path,
      [{ command: 'contents', object: `${head}^{commit}` }],
      options,
    );
    if (answer?.found !== true) return null;
    const order = await this.orders.of(path, refs, options);
    const revision = order.revisionOf(answer.id);
    return { rawId: answer.id, revision, ...parseCommit(answer.content), branch: headBranch };
  }

  async changesets(
    path: string,
    rawIds: readonly string[],
    options: OperationOptions = {},
  ): Promise<Changeset[]> {
    if (rawIds.length === 0) return [];
    const refs = await this.refs.read(path, options);
    return this.describe(path, rawIds.map(requireFullId), refs, options);
  }

  /** In the order of the ids. `branch` is one whose head the commit is, or null. */
  async describe(
    path: string,
    rawIds: readonly string[],
    refs: GitRefs,
    options: OperationOptions = {},
  ): Promise<Changeset[]> {
    const commits = await this.read(path, rawIds, options);
    const order = await this.orders.of(path, refs, options);
    const branchOf = new Map(Object.entries(refs.branches).map(([name, id]) => [id, name]));
    return rawIds.map((rawId, index) => {
      const commit = commits[index];
      if (commit === undefined) throw revisionNotFound(rawId);
      return { rawId, revision: order.revisionOf(rawId), ...commit, branch: branchOf.get(rawId) ?? null };
    });
  }

  forget(directory: string): void {
    this.commits.forget(directory);
  }

  /** Two repositories are read as one by lending the source the objects of the target; nothing is written. */
  async compare(source: Side, target: Side, { signal }: OperationOptions = {}): Promise<Comparison> {
    const [from, onto] = [requireFullId(source.rawId), requireFullId(target.rawId)];
    const alternates = source.path === target.path ? [] : [join(target.path, 'objects')];
    const call = { gitDir: source.path, alternates, signal };
    const bases = await this.git.run(['merge-base', '--end-of-options', from, onto], call);
    // 1: no common ancestor.
    if (bases.code !== 0 && bases.code !== 1)
      throw explain(bases.stderr, source, target) ?? unreadable(bases.stderr);
    const list = ['rev-list', '--topo-order', '--reverse', '--end-of-options', from, `^${onto}`];
    const revisions = await this.git.output(list, call, (stderr) => explain(stderr, source, target));
    return {
      ancestor: bases.stdout.toString('utf8').trim().split('\n')[0] || null,
      revisions: revisions.split('\n').filter((line) => line !== ''),
    };
  }

  private async read(path: string, rawIds: readonly string[], options: OperationOptions) {
    const commits = rawIds.map((id) => this.commits.get(path, id));
    const missing = rawIds.flatMap((_, index) => (commits[index] === undefined ? [index] : []));
    for (let start = 0; start < missing.length; start += COMMITS_AT_ONCE) {
      const places = missing.slice(start, start + COMMITS_AT_ONCE);
      const requests = places.map((place) => ({ command: 'contents', object: rawIds[place] ?? '' }) as const);
      const answers = await this.objects.read(path, requests, options);
      places.forEach((place, index) => {
        const answer = answers[index];
        if (answer?.found !== true || answer.type !== 'commit') return;
        const commit = parseCommit(answer.content);
        commits[place] = commit;
        this.commits.set(path, answer.id, commit);
      });
    }
    return commits;
  }
}

function explain(stderr: string, source: Side, target: Side): VcsError | null {
  const missing =
    /\b(?:bad object|not a valid (?:commit|object) name|could not (?:get|parse)\D*) ?\^?([0-9a-f]{40})/i.exec(
      stderr,
    );
  if (missing === null) return null;
  const rawId = missing[1] === target.rawId ? target.rawId : source.rawId;
  return revisionNotFound(rawId, cleanDiagnostics(stderr));
}

function unreadable(stderr: string): VcsError {
  return new VcsError('FAILED', 'the histories cannot be compared', cleanDiagnostics(stderr));
}
