import type { EventEnvelope, PullRequestShape, PushedRef, RepositoryRef } from 'forgegate/sdk';

/** For `${...}` in `config.job` and `config.parameters`. Nothing that users write freely is among them: jobs use them in shells. */
export const VARIABLES = [
  'event_type',
  'repo_name',
  'repo_type',
  'clone_url',
  'branch',
  'tag',
  'commit_id',
  'pull_request_id',
  'target_branch',
  'username',
] as const;
export type Variables = Readonly<Record<(typeof VARIABLES)[number], string>>;

interface Located {
  readonly repository?: RepositoryRef;
  readonly refs?: readonly PushedRef[];
  readonly pull_request?: PullRequestShape;
  readonly branch?: { readonly name: string; readonly raw_id: string };
  readonly tag?: { readonly name: string; readonly raw_id: string };
  readonly bookmark?: { readonly name: string; readonly raw_id: string };
  readonly changeset?: { readonly raw_id: string };
}

/** The variables of each build that an event asks for: one for each ref of a push that is still there, else one. */
export function buildsOf({ type, data }: EventEnvelope): readonly Variables[] {
  const located = data as Located;
  const { repository, pull_request, branch, bookmark, tag, changeset } = located;
  const common: Variables = {
    event_type: type,
    repo_name: repository?.repo_name ?? '',
    repo_type: repository?.repo_type ?? '',
    clone_url: repository?.clone_url ?? '',
    branch: pull_request?.org_ref_parts[1] ?? (branch ?? bookmark)?.name ?? '',
    tag: tag?.name ?? '',
    commit_id: pull_request?.org_ref_parts[2] ?? (branch ?? bookmark ?? tag ?? changeset)?.raw_id ?? '',
    pull_request_id: String(pull_request?.pull_request_id ?? ''),
    target_branch: pull_request?.other_ref_parts[1] ?? '',
    username: data.actor.username,
  };
  if (type !== 'repo.pushed') return [common];
  return (located.refs ?? [])
    .filter((ref) => ref.new !== null && ref.type !== 'other')
    .map((ref) => ({
      ...common,
      commit_id: ref.new ?? '',
      ...(ref.type === 'tag' ? { tag: ref.name } : { branch: ref.name }),
    }));
}

const SAFE = /^[\p{L}\p{N}._/+@=,#%:~-]*$/u;

/** Git lets a branch be called `$(...)`. @returns the first of them with such signs, or null */
export function unsafeVariable(variables: Variables): string | null {
  return VARIABLES.find((name) => !SAFE.test(variables[name])) ?? null;
}
