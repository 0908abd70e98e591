import { join } from 'node:path';
import { cleanDiagnostics } from '../diagnostics.js';
import { requireFullId, revisionNotFound } from '../names.js';
import type { Changeset, Comparison, OperationOptions } from '../vcs.js';
import { VcsError } from '../vcs.js';
import { parseCommit } from './commit-parser.js';
import type { GitCommand } from './git-command.js';
import type { GitRefReader } from './git-refs.js';
import type { ObjectReaderPool } from './object-reader-pool.js';

interface Side {
  path: string;
  rawId: string;
}

/** Commits and how they hang together. */
export class GitHistory {
  constructor(
    private readonly git: GitCommand,
    private readonly objects: ObjectReaderPool,
    private readonly refs: GitRefReader,
  ) {}

  async last(path: string, options: OperationOptions = {}): Promise<Changeset | null> {
    const { branches, headBranch } = await this.refs.read(path, options);
    const head = headBranch === null ? 'HEAD' : branches[headBranch];
    const [answer] = await this.objects.read(
      path,
      [{ command: 'contents', object: `${head}^{commit}` }],
      options,
    );
    if (answer?.found !== true) return null;
    const { parents, ...commit } = parseCommit(answer.content);
    const revision = (await this.count(path, options)) - 1;
    return { rawId: answer.id, revision, ...commit, branch: headBranch, parents };
  }

  /** In the order of the ids. `branch` is one whose head the commit is, or null. */
  async changesets(
    path: string,
    rawIds: readonly string[],
    options: OperationOptions = {},
  ): Promise<Changeset[]> {
    if (rawIds.length === 0) return [];
    const requests = rawIds.map((id) => ({ command: 'contents', object: requireFullId(id) }) as const);
    const answers = await this.objects.read(path, requests, options);
    const { branches } = await this.refs.read(path, options);
    const branchOf = new Map(Object.entries(branches).map(([name, id]) => [id, name]));
    const position = await this.positions(path, new Set(rawIds), options);
    return rawIds.map((rawId, index) => {
      const answer = answers[index];
      if (answer?.found !== true || answer.type !== 'commit') throw revisionNotFound(rawId);
      const { parents, ...commit } = parseCommit(answer.content);
      const revision = position.get(rawId) ?? -1;
      return { rawId, revision, ...commit, branch: branchOf.get(rawId) ?? null, parents };
    });
  }

  /** The commit at an index of the oldest-first list of all reachable commits; null when out of range. */
  async at(path: string, index: number, options: OperationOptions = {}): Promise<string | null> {
    const skip = (await this.count(path, options)) - 1 - index;
    if (skip < 0) return null;
    const args = ['rev-list', '--all', '--date-order', `--skip=${skip}`, '--max-count=1'];
    return (await this.git.output(args, { gitDir: path, signal: options.signal })).trim() || null;
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

  private async count(path: string, { signal }: OperationOptions): Promise<number> {
    return Number(await this.git.output(['rev-list', '--count', '--all'], { gitDir: path, signal }));
  }

  /** Streams the whole history, newest first, and keeps only the places that are wanted. */
  private async positions(path: string, wanted: ReadonlySet<string>, { signal }: OperationOptions) {
    const fromEnd = new Map<string, number>();
    let total = 0;
    let rest = '';
    const onOutput = (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const id of lines) {
        if (wanted.has(id)) fromEnd.set(id, total);
        total += 1;
      }
    };
    await this.git.output(['rev-list', '--all', '--date-order'], { gitDir: path, signal, onOutput });
    return new Map([...fromEnd].map(([id, place]) => [id, total - 1 - place]));
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
