import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import {
  bookmarkCreated,
  bookmarkDeleted,
  branchCreated,
  branchDeleted,
  repoPushed,
  tagCreated,
  tagDeleted,
  type PushSource,
} from '../../sdk/index.js';
import { isAddition, type RefChange, type RefValue } from '../../vcs/ref-changes.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { BranchMoves } from './branch-moves.js';
import { PushJournal } from './push-journal.js';
import { pusher, refKey, toChange, type ChangeRow, type PushRow } from './push-record.js';
import { PushedRefs } from './pushed-refs.js';
import { recordRefs } from './recorded-refs.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { saveLastChangeset } from './stored-changeset.js';

const EVENTS = {
  branch: { created: branchCreated, deleted: branchDeleted },
  tag: { created: tagCreated, deleted: tagDeleted },
  bookmark: { created: bookmarkCreated, deleted: bookmarkDeleted },
} as const;

/** Makes events of what was announced and took place; the same for a push that just ended and one whose gateway died. */
@Injectable()
export class PushRecorder {
  constructor(
    private readonly db: Database,
    private readonly journal: PushJournal,
    private readonly repos: ReposDirectory,
    private readonly events: RepoEvents,
    private readonly pushed: PushedRefs,
    private readonly moves: BranchMoves,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /**
   * Looks which announced changes of a repository took place. Only while nothing can change what they are about: its
   * programs have ended, or the repository is locked.
   * @param own the push that asks; a merge of its own has ended
   */
  async decide(repo: RepoRecord, own: string | null = null): Promise<void> {
    const open = await this.journal.undecided(repo.repo_id);
    if (open.length === 0) return;
    const backend = this.vcs.backend(repo.repo_type);
    const directory = this.root.directory(repo.repo_name);
    const now = valuesOf(await backend.refValues(directory));
    const decisions: { changeId: number; hasHappened: boolean }[] = [];
    for (const change of open) {
      const hasHappened = isAddition(toChange(change))
        ? await backend.hasChangeset(directory, change.to_id ?? '')
        : (now.get(refKey(change)) ?? null) === change.to_id;
      const isOver = !change.is_open_merge || change.push_id === own;
      if (hasHappened || isOver) decisions.push({ changeId: change.change_id, hasHappened });
    }
    await this.journal.decide(decisions);
  }

  /**
   * Writes the events of a push whose changes are decided or can be, tells followers, and forgets it.
   * @param source as the events say it
   * @returns whether anything had changed
   */
  async record(push: PushRow, source: PushSource): Promise<boolean> {
    const repo = await this.repos.load(this.db, push.repo_id);
    if (!repo) return false;
    if (!push.is_recorded && (await this.journal.changes(push.push_id)).some(isUndecided))
      await this.decide(repo, push.push_id);
    const changes = (await this.journal.changes(push.push_id)).filter(({ has_happened }) => has_happened);
    if (changes.length > 0) {
      if (!push.is_recorded) await this.write(push, repo, changes, source);
      await this.moves.happened(pusher(push), repo, onlyBranch(changes));
    }
    await this.journal.close(push.push_id);
    return changes.length > 0;
  }

  private async write(
    push: PushRow,
    repo: RepoRecord,
    changes: readonly ChangeRow[],
    source: PushSource,
  ): Promise<void> {
    const { repo_id: repoId } = repo;
    const backend = this.vcs.backend(repo.repo_type);
    const directory = this.root.directory(repo.repo_name);
    const refs = await backend.refValues(directory);
    const folded = fold(changes);
    const described = await this.pushed.describe(repo, folded, refs);
    const named = await this.newAndGone(repo, folded);
    const last = await backend.lastChangeset(directory);
    await this.db.transaction(async (tx) => {
      if (!(await this.journal.markRecorded(tx, push.push_id))) return;
      await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repoId]);
      await recordRefs(tx, repoId, push.push_id, lastOfEach(changes));
      await saveLastChangeset(tx, repoId, last);
      await this.repos.changed(tx, repoId);
      const after = await this.repos.loadExisting(tx, repoId);
      await this.events.record(tx, repoPushed, pusher(push), after, {
        repo: this.events.shape(after),
        source,
        refs: described,
        ref_count: folded.filter((change) => !isAddition(change)).length,
      });
      for (const ref of named) await this.tell(tx, push, after, ref, source);
    });
  }

  /** Refs that are new or gone, with the commit that they name. */
  private async newAndGone(repo: RepoRecord, changes: readonly RefChange[]) {
    const named = changes.filter(({ kind, from, to }) => kind in EVENTS && (from === null) !== (to === null));
    const ids = named.map(({ from, to }) => (to ?? from) as string);
    const backend = this.vcs.backend(repo.repo_type);
    const commits = await backend.namedCommits(this.root.directory(repo.repo_name), ids);
    return named.map(({ kind, name, to }, index) => ({
      kind: kind as keyof typeof EVENTS,
      isNew: to !== null,
      ref: { name, raw_id: commits[index] ?? (ids[index] as string) },
    }));
  }

  private async tell(
    tx: Tx,
    push: PushRow,
    repo: RepoRecord,
    { kind, isNew, ref }: Awaited<ReturnType<PushRecorder['newAndGone']>>[number],
    source: PushSource,
  ): Promise<void> {
    const state = isNew ? 'created' : 'deleted';
    const caller = pusher(push);
    const record = this.events.record.bind(this.events, tx);
    if (kind === 'branch') await record(EVENTS.branch[state], caller, repo, { branch: ref, source });
    else if (kind === 'tag') await record(EVENTS.tag[state], caller, repo, { tag: ref, source });
    else await record(EVENTS.bookmark[state], caller, repo, { bookmark: ref, source });
  }
}

const isUndecided = ({ has_happened }: ChangeRow) => has_happened === null;

const valuesOf = (refs: readonly RefValue[]) => new Map(refs.map((ref) => [refKey(ref), ref.id]));

function lastOfEach(changes: readonly ChangeRow[]): ChangeRow[] {
  const real = changes.filter((change) => !isAddition(toChange(change)));
  return [...new Map(real.map((change) => [refKey(change), change])).values()];
}

/** One change for each ref, from its first value to its last, without those that came to nothing. */
function fold(changes: readonly ChangeRow[]): RefChange[] {
  const additions = changes.map(toChange).filter(isAddition);
  const first = new Map<string, RefChange>();
  for (const change of changes.map(toChange)) {
    if (isAddition(change)) continue;
    const known = first.get(refKey(change));
    if (known) known.to = change.to;
    else first.set(refKey(change), change);
  }
  return [...additions, ...[...first.values()].filter(({ from, to }) => from !== to)];
}

/** Null: several moved. */
function onlyBranch(changes: readonly ChangeRow[]): string | null {
  const names = new Set(
    changes
      .map(toChange)
      .filter((change) => !isAddition(change))
      .map(({ name }) => name),
  );
  return names.size === 1 ? ([...names][0] as string) : null;
}
