import { MOST_COMMITS } from '../../plugin-host/policy-terms.js';
import type {
  EventEnvelope,
  PolicyAction,
  PolicyCommit,
  PolicyQuestion,
  PolicyRef,
  PullRequestMerged,
  PushedRef,
  RepositoryRef,
} from '../../sdk/index.js';

/** Types of the events that tell of what policies are asked about. */
export const TELLING: Readonly<Record<PolicyAction, readonly string[]>> = {
  push: ['repo.pushed'],
  merge: ['repo.pushed', 'pull_request.merged'],
  create: ['repo.created'],
  delete: ['repo.deleted'],
};

export interface PastEvent {
  readonly event: EventEnvelope;
  /** Whether its actor is a super admin today. */
  readonly admin: boolean;
}

export interface PastQuestion {
  readonly event: EventEnvelope;
  readonly question: PolicyQuestion;
}

/** What a policy would have been asked about these events, in their order; most events are no question at all. */
export function pastQuestions(past: readonly PastEvent[]): PastQuestion[] {
  const merged = new Map(
    past.flatMap(({ event }) =>
      event.type === 'pull_request.merged' ? [[event.data.request_id, event.data] as const] : [],
    ),
  );
  return past.flatMap(({ event, admin }) => {
    const told = toldBy(event, merged);
    if (!told) return [];
    const { user_id, username } = event.data.actor;
    const { repository } = event.data as unknown as { repository: RepositoryRef };
    const caller = { user_id: user_id ?? 0, username, admin };
    return [{ event, question: { caller, repository, ...told } }];
  });
}

type Told = Omit<PolicyQuestion, 'caller' | 'repository'>;

function toldBy({ type, data }: EventEnvelope, merged: ReadonlyMap<string | null, object>): Told | null {
  const { source } = data as { source?: string };
  if (type === 'repo.deleted') return { action: 'delete' };
  // What a rescan found was there already: nobody was asked
  if (type === 'repo.created') return source === 'rescan' ? null : { action: 'create' };
  if (type !== 'repo.pushed' || (source !== 'push' && source !== 'merge')) return null;
  const { refs } = data as unknown as { refs: PushedRef[] };
  return { action: source, ...changes(refs), ...pullRequest(merged.get(data.request_id)) };
}

function changes(refs: readonly PushedRef[]) {
  const commits = refs.flatMap((ref) => ref.commits).slice(0, MOST_COMMITS);
  return {
    refs: refs.map(({ type, name, old, new: id, forced }): PolicyRef => ({
      kind: type,
      name,
      old,
      new: id,
      forced: forced ?? false,
    })),
    commits: commits.map(({ raw_id, message, author }): PolicyCommit => ({ raw_id, message, author })),
    commits_total: refs.reduce((sum, { commit_count }) => sum + (commit_count ?? 0), 0),
  };
}

/** The event of the same request, if the push was a merge. */
function pullRequest(data: object | undefined): Pick<PolicyQuestion, 'pull_request'> {
  if (!data) return {};
  const { pull_request_id, title, owner } = (data as PullRequestMerged).pull_request;
  return { pull_request: { pull_request_id, title, owner } };
}
