import type { CommentShape, EventEnvelope, PullRequestShape, RepositoryRef } from 'forgegate/sdk';

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
  readonly comment: CommentShape | null;
  readonly status: string | null;
  readonly rawId: string | null;
  /** Of a pull request that was updated. */
  readonly hasNewRevisions: boolean;
}

export const NO_COMMIT = '0'.repeat(40);

/** Null when the event is not about a repository. */
export function factsOf({ type, timestamp, data }: EventEnvelope): Facts | null {
  const { repository, repo, refs, pull_request, comment, status, raw_id, changeset, previous } =
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
    comment: comment ?? null,
    status:
      typeof status === 'string' ? status : ((status as { status?: string } | undefined)?.status ?? null),
    rawId: raw_id ?? (changeset as { raw_id?: string } | undefined)?.raw_id ?? null,
    hasNewRevisions: 'revisions' in ((previous ?? {}) as object),
  };
}

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
