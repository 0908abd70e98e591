import { allow, definePlugin, globMatcher, refuse } from 'forgegate/sdk';

export interface Settings {
  approvals: number;
  repositories: string[];
  author_counts: boolean;
}

/** The part of `get_pullrequest` that counts here. */
export interface Reviewed {
  owner: string;
  statuses: { status: string; modified_at: string; reviewer: string }[];
}

export default definePlugin<Settings>({
  setup(ctx) {
    const { approvals, repositories, author_counts } = ctx.config;
    const isConcerned = globMatcher(repositories);

    ctx.policy({ actions: ['merge'], onFailure: 'closed' }, async ({ repository, pull_request }) => {
      const concerns = approvals > 0 && isConcerned(repository.repo_name);
      if (!concerns || !pull_request) return allow();
      const { pull_request_id } = pull_request;
      const reviewed = await ctx.call<Reviewed>('get_pullrequest', { pullrequest_id: pull_request_id });
      const found = approvers(reviewed, author_counts).length;
      if (found >= approvals) return allow();
      return refuse(`it needs ${approvals} ${approvals === 1 ? 'approval' : 'approvals'} and has ${found}`);
    });
  },
});

/** Who approves now; an older vote of the same person does not count. */
function approvers({ owner, statuses }: Reviewed, authorCounts: boolean): string[] {
  const newest = new Map<string, { status: string; modified_at: string }>();
  for (const vote of statuses) {
    const known = newest.get(vote.reviewer);
    if (!known || known.modified_at <= vote.modified_at) newest.set(vote.reviewer, vote);
  }
  return [...newest].flatMap(([reviewer, { status }]) =>
    status === 'approved' && (authorCounts || reviewer !== owner) ? [reviewer] : [],
  );
}
