import type {
  ChangesetSummary,
  CommentShape,
  EventEnvelope,
  PullRequestShape,
  RepositoryRef,
} from 'forgegate/sdk';

/** A ref of `repo.pushed`. */
export interface Ref {
  readonly type: 'branch' | 'tag' | 'bookmark' | 'other';
  readonly name: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean | null;
  readonly commits: readonly Commit[];
  readonly commit_count: number | null;
}

export interface Commit {
  readonly raw_id: string;
  readonly author: string;
  readonly date: string;
  readonly message: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Members that formats look at; which of them an event has depends on its type. */
export interface Facts {
  readonly type: string;
  readonly timestamp: string;
  readonly eventId: number;
  readonly actor: { readonly id: number; readonly name: string };
  readonly repository: RepositoryRef;
  readonly isPrivate: boolean;
  readonly description: string;
  readonly defaultBranch: string;
  readonly refs: readonly Ref[];
  readonly pullRequest: PullRequestShape | null;
  /** Where a pull request comes from; of a fork only what its address tells is known, and its id is 0. */
  readonly source: RepositoryRef;
  readonly comment: CommentShape | null;
  readonly status: string | null;
  readonly changeset: ChangesetSummary | null;
  /** User names, of a pull request whose reviewers changed. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What a pull request that has new revisions ended with before. */
  readonly oldHead: string | null;
}

export const NO_COMMIT = '0'.repeat(40);

/** Null when the event is not about a repository. */
export function factsOf({ type, timestamp, data }: EventEnvelope): Facts | null {
  const { repository, repo, refs, pull_request, comment, status, changeset, previous, added, removed } =
    data as unknown as Record<string, never>;
  if (!repository) return null;
  const known = (repo ?? {}) as { private?: boolean; description?: string; landing_rev?: [string, string] };
  return {
    type,
    timestamp,
    eventId: data.event_id,
    actor: { id: data.actor.user_id ?? 0, name: data.actor.username },
    repository,
    isPrivate: known.private ?? false,
    description: known.description ?? '',
    defaultBranch: known.landing_rev?.[1] ?? 'main',
    refs: refs ?? [],
    pullRequest: pull_request ?? null,
    source: sourceOf(repository, pull_request),
    comment: comment ?? null,
    status:
      typeof status === 'string' ? status : ((status as { status?: string } | undefined)?.status ?? null),
    changeset: changeset ?? null,
    added: added ?? [],
    removed: removed ?? [],
    oldHead: (previous as { revisions?: readonly string[] } | undefined)?.revisions?.at(-1) ?? null,
  };
}

function sourceOf(target: RepositoryRef, pullRequest?: PullRequestShape): RepositoryRef {
  const address = pullRequest?.org_repo_url ?? target.clone_url;
  if (address === target.clone_url) return target;
  const root = target.clone_url.slice(0, -target.repo_name.length);
  const repo_name = address.startsWith(root)
    ? address.slice(root.length)
    : new URL(address).pathname.slice(1);
  const url = target.url.slice(0, -target.repo_name.length) + repo_name;
  return { ...target, repo_id: 0, repo_name, url, clone_url: address };
}

/** Other forges tell of a merge once; here it is `pull_request.merged`, and `pull_request.closed` besides. */
export const isToldAsMerged = ({ type, pullRequest }: Facts): boolean =>
  type === 'pull_request.closed' && Boolean(pullRequest?.merged_at);

export const fullRef = ({ type, name }: Ref): string =>
  type === 'tag' ? `refs/tags/${name}` : type === 'other' ? name : `refs/heads/${name}`;

/** `Ada Lovelace <ada@example.com>` in its two parts. */
export function person(author: string): { name: string; email: string } {
  const [, name = author, email = ''] = /^(.*?)\s*<([^>]*)>/.exec(author) ?? [];
  return { name, email };
}

export const ownerOf = ({ repo_name }: RepositoryRef): string =>
  repo_name.split('/').slice(0, -1).join('/') || repo_name;
export const shortName = ({ repo_name }: RepositoryRef): string => repo_name.split('/').at(-1) ?? repo_name;
