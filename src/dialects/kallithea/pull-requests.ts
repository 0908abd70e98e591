import { only, printed, type PrintedMethods } from '../printed-method.js';

interface Comment {
  username: string;
  text: string;
  comment_id: number;
}

const MEMBERS = [
  'status',
  'pull_request_id',
  'description',
  'title',
  'url',
  'reviewers',
  'org_repo_url',
  'org_ref_parts',
  'other_ref_parts',
  'comments',
  'owner',
  'statuses',
  'revisions',
] as const;

export type PullRequestView = Record<Exclude<(typeof MEMBERS)[number], 'comments'>, unknown> & {
  comments: Comment[];
};

/** Without the times and the outcome that were added since. */
export const printedPullRequest = (pullRequest: PullRequestView) => ({
  ...only(pullRequest, MEMBERS),
  comments: pullRequest.comments.map((comment) => only(comment, ['username', 'text', 'comment_id'])),
});

export const pullRequests: PrintedMethods = {
  get_pullrequest: printed(printedPullRequest),

  // the example printed for it names the changeset twice
  get_changeset: printed<{ raw_id: string }>((changeset) => ({ ...changeset, id: changeset.raw_id })),
};
