import { localSeconds, utc } from '../../rpc/wire-date.js';
import type { CommentShape, CommentSummary, PullRequestShape, StatusShape } from '../../sdk/index.js';
import { cloneUrl } from '../settings/clone-uri-template.js';
import type { PullRequestRecord, Remarked, StatusRow } from './pull-request-record.js';
import { reviewResult } from './review-result.js';

type Dates = (date: Date) => string;

/** Relative, as Kallithea has it: under the target, ending in the source's name or, where both are alike, the title. */
function pathOf(pullRequest: PullRequestRecord): string {
  const { org_ref_name, other_ref_name, other_repo_name, pull_request_id, title } = pullRequest;
  const label = (org_ref_name === other_ref_name ? title : org_ref_name)
    .replace(/[^-a-zA-Z0-9./]+/g, '_')
    .replace(/_+$/, '');
  return `/${other_repo_name}/pull-request/${pull_request_id}/_/${label}`;
}

const statusView = ({ status, modified_at, reviewer }: StatusRow, date: Dates): StatusShape => ({
  status,
  modified_at: date(modified_at),
  reviewer,
});

const commentSummary = ({ comment_id, username, text, created_on }: Remarked, date: Dates) => ({
  comment_id,
  username,
  text,
  created_on: date(created_on),
});

type PullRequestView = Required<Omit<PullRequestShape, 'comments'>> & {
  comments: Required<CommentSummary>[];
};

function view(pullRequest: PullRequestRecord, publicUrl: string, date: Dates): PullRequestView {
  const source = { repo_id: pullRequest.org_repo_id, repo_name: pullRequest.org_repo_name };
  return {
    pull_request_id: pullRequest.pull_request_id,
    url: pathOf(pullRequest),
    reviewers: pullRequest.reviewers.map(({ username }) => ({ username })),
    revisions: pullRequest.revisions,
    owner: pullRequest.owner,
    title: pullRequest.title,
    description: pullRequest.description,
    org_repo_url: cloneUrl(pullRequest.clone_uri_tmpl, source, publicUrl),
    org_ref_parts: [pullRequest.org_ref_type, pullRequest.org_ref_name, pullRequest.org_ref_rev],
    other_ref_parts: [pullRequest.other_ref_type, pullRequest.other_ref_name, pullRequest.other_ref_rev],
    status: pullRequest.status,
    review_status: reviewResult(pullRequest.reviewers.map(({ vote }) => vote)),
    comments: pullRequest.comments.map((comment) => commentSummary(comment, date)),
    statuses: pullRequest.statuses.map((status) => statusView(status, date)),
    created_on: date(pullRequest.created_on),
    updated_on: date(pullRequest.updated_on),
    merge_commit: pullRequest.merge_commit,
    merged_at: pullRequest.merged_at && date(pullRequest.merged_at),
  };
}

/** For answers: naive local time, whole seconds. */
export const toPullRequestView = (pullRequest: PullRequestRecord, publicUrl: string) =>
  view(pullRequest, publicUrl, localSeconds);

/** For events: UTC, and an absolute `url`, because a receiver has no page to be relative to. */
export const toPullRequestShape = (pullRequest: PullRequestRecord, publicUrl: string): PullRequestShape => ({
  ...view(pullRequest, publicUrl, utc),
  url: publicUrl + pathOf(pullRequest),
});

export const toStatusShape = (status: StatusRow): StatusShape => statusView(status, utc);

export const toCommentShape = (comment: Remarked): CommentShape => ({
  ...commentSummary(comment, utc),
  comment_type: comment.comment_type,
  f_path: comment.f_path,
  line_no: comment.line_no,
  reply_to: comment.reply_to,
  resolves_comment_id: comment.resolves_comment_id,
  version: comment.version,
});
