import { Injectable, Logger } from '@nestjs/common';
import { utc } from '../../rpc/wire-date.js';
import type { PushedCommit, PushedRef } from '../../sdk/index.js';
import { recordedText } from '../../vcs/recorded-text.js';
import { isAddition, type ArrivedCommit, type RefChange, type RefValue } from '../../vcs/ref-changes.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { refKey } from './push-record.js';
import type { RepoRecord } from './repo-record.js';

/** What one event holds, so that a push of 100,000 commits or refs costs no more than one of some hundred. */
export const PUSH_LIMITS = {
  refs: 1_000,
  /** Of so many refs it is told what they gained. */
  lookedAt: 20,
  commits: 100,
  commitsOfRef: 50,
  paths: 100,
  message: 4_000,
};
const LOOKING_MS = 30_000;

/** Tells what a push changed. */
@Injectable()
export class PushedRefs {
  private readonly log = new Logger('Pushes');

  constructor(
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /**
   * @param changes one for each ref; additions of Mercurial beside them
   * @param refs as they are now
   */
  async describe(
    repo: RepoRecord,
    changes: readonly RefChange[],
    refs: readonly RefValue[],
  ): Promise<PushedRef[]> {
    const listed = changes.filter((change) => !isAddition(change)).slice(0, PUSH_LIMITS.refs);
    const described = listed.map(withoutCommits);
    try {
      await this.look(repo, changes, refs, listed, described);
    } catch (error) {
      // The event matters more than what it tells of commits
      this.log.warn(`cannot read what was pushed to \`${repo.repo_name}\`: ${(error as Error).message}`);
    }
    return described;
  }

  private async look(
    repo: RepoRecord,
    changes: readonly RefChange[],
    refs: readonly RefValue[],
    listed: readonly RefChange[],
    described: PushedRef[],
  ): Promise<void> {
    const backend = this.vcs.backend(repo.repo_type);
    const directory = this.root.directory(repo.repo_name);
    const options = { signal: AbortSignal.timeout(LOOKING_MS) };
    const others = before(changes, refs);
    const added = additionOf(changes);
    let room = PUSH_LIMITS.commits;
    const gains: string[][] = [];
    for (const [index, change] of listed.slice(0, PUSH_LIMITS.lookedAt).entries()) {
      const limit = Math.max(1, Math.min(room, PUSH_LIMITS.commitsOfRef));
      const { isForward, count, ids } = await backend.gain(
        directory,
        { change, others, added, limit },
        options,
      );
      const shown = room > 0 ? ids : [];
      room -= shown.length;
      gains.push(shown);
      Object.assign(described[index] as PushedRef, { forced: !isForward, commit_count: count });
    }
    const wanted = [...new Set(gains.flat())];
    const arrived = await backend.arrivedCommits(directory, wanted, null, options);
    const commits = new Map(arrived.map((commit) => [commit.rawId, toPushedCommit(commit)]));
    for (const [index, ids] of gains.entries()) {
      const ref = described[index] as PushedRef;
      ref.commits = ids.map((id) => commits.get(id)).filter((commit) => commit !== undefined);
    }
  }
}

const withoutCommits = ({ kind, name, from, to }: RefChange): PushedRef => ({
  type: kind as PushedRef['type'],
  name,
  old: from,
  new: to,
  created: from === null,
  deleted: to === null,
  forced: null,
  commits: [],
  commit_count: null,
});

/** Where refs stood before the changes. */
function before(changes: readonly RefChange[], refs: readonly RefValue[]): string[] {
  const changed = new Set(changes.map(refKey));
  const unchanged = refs.filter((ref) => !changed.has(refKey(ref))).map(({ id }) => id);
  const old = changes.filter((change) => !isAddition(change)).map(({ from }) => from);
  return [...new Set([...old, ...unchanged])].filter((id) => id !== null);
}

/** From the first addition to the last. */
function additionOf(changes: readonly RefChange[]): { first: string; last: string } | null {
  const additions = changes.filter(isAddition);
  const [first, last] = [additions[0]?.from, additions.at(-1)?.to];
  return first && last ? { first, last } : null;
}

function toPushedCommit(commit: ArrivedCommit): PushedCommit {
  const { rawId, parents, author, branch } = commit;
  let room = PUSH_LIMITS.paths;
  const cut = (paths: readonly string[]) => {
    const some = paths.slice(0, Math.max(0, room));
    room -= paths.length;
    return some;
  };
  const [added, changed, removed] = [cut(commit.added), cut(commit.changed), cut(commit.removed)];
  return {
    raw_id: rawId,
    short_id: rawId.slice(0, 12),
    parents,
    author,
    date: utc(new Date(commit.date * 1000)),
    message: recordedText(commit.message.slice(0, PUSH_LIMITS.message)),
    branch,
    added,
    changed,
    removed,
    truncated: room < 0 || commit.message.length > PUSH_LIMITS.message,
  };
}
