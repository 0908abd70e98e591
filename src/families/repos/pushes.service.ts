import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { conflict, refused, RpcFault } from '../../rpc/errors.js';
import { answerHooks, type HookQuestion } from '../../vcs/hook-channel.js';
import { RECEIVING_PROGRAM, type Receiving } from '../../vcs/receiving.js';
import type { Pending, RefChange } from '../../vcs/ref-changes.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl, type PreparedMerge } from '../../vcs/vcs.js';
import { PushJournal } from './push-journal.js';
import { PushMetrics, type PushOutcome } from './push-metrics.js';
import { PushPolicies, type ProposedChange, type PullRequestRef } from './push-policies.js';
import { refKey, toPushCaller, type PushCaller } from './push-record.js';
import { PushRecorder } from './push-recorder.js';
import { PushTurns } from './push-turns.js';
import { RepoLocks } from './repo-locks.js';
import type { RepoRecord } from './repo-record.js';

/** Everybody else's reasons are not the client's business. */
const LATER = 'the server cannot take pushes now, try again later';

type Place = Pick<PreparedMerge, 'path' | 'pending'>;

interface OpenPush {
  readonly pushId: string;
  readonly repoId: number;
  readonly source: 'push' | 'pull' | 'merge';
  readonly caller: PushCaller;
  isAnnounced: boolean;
  isRefused: boolean;
}

/** Takes changes of refs in: asks whether they may be, writes them down before they are, and tells of them afterwards. */
@Injectable()
export class Pushes {
  private readonly log = new Logger('Pushes');
  private readonly open = new Map<string, OpenPush>();

  constructor(
    private readonly journal: PushJournal,
    private readonly recorder: PushRecorder,
    private readonly turns: PushTurns,
    private readonly policies: PushPolicies,
    private readonly locks: RepoLocks,
    private readonly metrics: PushMetrics,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /**
   * Before a program is started that may change refs. The caller's right to push was checked.
   * @param source `pull`: it is our own work, which needs nobody's leave
   * @throws RpcFault CONFLICT when somebody else has locked the repository, or it was moved or deleted meanwhile
   */
  async begin(caller: Caller, repo: RepoRecord, source: 'push' | 'pull' = 'push'): Promise<Receiving> {
    if (source === 'push') await this.locks.checkPush(caller, repo);
    const push = await this.opened(caller, repo, source);
    const endings: (() => void)[] = [];
    return {
      ...RECEIVING_PROGRAM,
      connect: (channel) =>
        void endings.push(answerHooks(channel, (question) => this.timed(caller, repo, push, question))),
      finished: async () => {
        for (const end of endings) end();
        await this.finish(caller, repo, push);
      },
    };
  }

  /**
   * @param place where what the merge brings can be read before
   * @returns why a policy does not want it; null when none minds
   */
  mergeVerdict(
    caller: Caller,
    repo: RepoRecord,
    change: RefChange,
    place: Place,
    pullRequest: PullRequestRef,
  ): Promise<string | null> {
    const proposed = this.proposed(caller, repo, 'merge', [change], place);
    return this.policies.verdict({ ...proposed, pullRequest });
  }

  /**
   * Around a change that we make ourselves, without hooks.
   * @param use makes the change, or not
   */
  async merge<T>(caller: Caller, repo: RepoRecord, change: RefChange, use: () => Promise<T>): Promise<T> {
    const push = await this.opened(caller, repo, 'merge');
    try {
      const refusal = await this.announce(push, [change]);
      if (refusal !== null) throw refused(refusal);
      return await use();
    } finally {
      await this.finish(caller, repo, push);
    }
  }

  /** Ids of what goes on in this process. */
  running(): string[] {
    return [...this.open.keys()];
  }

  private async opened(caller: Caller, repo: RepoRecord, source: OpenPush['source']): Promise<OpenPush> {
    const push = {
      pushId: randomUUID(),
      repoId: repo.repo_id,
      source,
      caller: toPushCaller(caller),
      isAnnounced: false,
      isRefused: false,
    };
    if (!(await this.journal.open(push, repo.repo_name)))
      throw conflict(`repository \`${repo.repo_name}\` was moved or deleted at the same moment`);
    this.open.set(push.pushId, push);
    return push;
  }

  private async timed(
    caller: Caller,
    repo: RepoRecord,
    push: OpenPush,
    question: HookQuestion,
  ): Promise<string | null> {
    const begunAt = performance.now();
    const reason = await this.answer(caller, repo, push, question);
    this.metrics.answered(question.stage, (performance.now() - begunAt) / 1000);
    if (reason !== null) push.isRefused = true;
    return reason;
  }

  private async answer(
    caller: Caller,
    repo: RepoRecord,
    push: OpenPush,
    question: HookQuestion,
  ): Promise<string | null> {
    try {
      switch (question.stage) {
        case 'opening':
          await this.recorder.decide(repo);
          return null;
        case 'received':
          return push.source === 'pull'
            ? null
            : await this.verdict(caller, repo, question.changes, question.pending);
        case 'changing':
          return await this.announce(push, await this.complete(repo, push, question.changes));
      }
    } catch (error) {
      this.log.error(`a push to \`${repo.repo_name}\` was refused: ${(error as Error).message}`);
      return LATER;
    }
  }

  /** A lock may have been taken since the push began. */
  private async verdict(
    caller: Caller,
    repo: RepoRecord,
    changes: readonly RefChange[],
    pending: Pending,
  ): Promise<string | null> {
    try {
      await this.locks.checkPush(caller, repo);
    } catch (error) {
      if (error instanceof RpcFault) return error.message;
      throw error;
    }
    const path = this.root.directory(repo.repo_name);
    return this.policies.verdict(this.proposed(caller, repo, 'push', changes, { path, pending }));
  }

  private proposed(
    caller: Caller,
    repo: RepoRecord,
    source: ProposedChange['source'],
    changes: readonly RefChange[],
    { path, pending }: Place,
  ): ProposedChange {
    const backend = this.vcs.backend(repo.repo_type);
    const gain = async (change: RefChange, limit: number) => {
      const others = (await backend.refValues(this.root.directory(repo.repo_name))).map(({ id }) => id);
      return backend.gain(path, { change, others, added: null, limit, pending });
    };
    return {
      caller,
      repo,
      source,
      changes,
      commits: async (change, limit) => {
        const { ids } = await gain(change, limit);
        return backend.arrivedCommits(path, ids, pending);
      },
      extent: async (change) => {
        const { count, isForward } = await gain(change, 1);
        return { count, isForward };
      },
    };
  }

  /** git pulls by force, so that its hook does not know what was there; the locks are held, so that one can look. */
  private async complete(
    repo: RepoRecord,
    { source }: OpenPush,
    changes: readonly RefChange[],
  ): Promise<readonly RefChange[]> {
    if (source !== 'pull' || repo.repo_type !== 'git') return changes;
    const refs = await this.vcs.backend('git').refValues(this.root.directory(repo.repo_name));
    const now = new Map(refs.map((ref) => [refKey(ref), ref.id]));
    const complete = changes.map((change) => ({ ...change, from: now.get(refKey(change)) ?? null }));
    return complete.filter(({ from, to }) => from !== to);
  }

  private async announce(push: OpenPush, changes: readonly RefChange[]): Promise<string | null> {
    if (changes.length === 0) return null;
    push.isAnnounced = true;
    return (await this.journal.announce(push, changes)) ? null : LATER;
  }

  private async finish(caller: Caller, repo: RepoRecord, push: OpenPush): Promise<void> {
    const begunAt = performance.now();
    const ended = (outcome: PushOutcome) => this.metrics.ended(repo.repo_type, push.source, outcome);
    try {
      if (!push.isAnnounced) await this.journal.close(push.pushId);
      if (push.isAnnounced) await this.turns.wait(push.pushId);
      const row = push.isAnnounced ? await this.journal.find(push.pushId) : null;
      const hasChanged = row !== null && (await this.recorder.record(row, push.source));
      if (hasChanged && push.source === 'push') await this.locks.onPush(caller, repo);
      if (hasChanged) this.metrics.recorded(repo.repo_type, (performance.now() - begunAt) / 1000);
      ended(hasChanged ? 'changed' : push.isRefused ? 'refused' : 'unchanged');
    } catch (error) {
      // Its lease runs out, and it is recorded then
      ended('failed');
      this.log.error(`after a push to \`${repo.repo_name}\`: ${(error as Error).message}`);
    } finally {
      this.open.delete(push.pushId);
    }
  }
}
