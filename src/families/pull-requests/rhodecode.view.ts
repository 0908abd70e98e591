import { localSeconds } from '../../rpc/wire-date.js';
import { pageUrl, type AddressedRepo } from '../repos/repo.view.js';
import { cloneUrl } from '../settings/clone-uri-template.js';
import { toUserView, type UserRecord } from '../users/user.view.js';
import type { PullRequestRow, ReviewerRow } from './pull-request-record.js';
import { reviewResult } from './review-result.js';

/** Whether it could be merged is worked out on request only. */
export interface Mergeable {
  status: boolean | 'not_available';
  message: string;
}
export const NOT_ASKED: Mergeable = { status: 'not_available', message: 'not_available' };

function userView(user: UserRecord) {
  const { user_id, username, firstname, lastname, email, emails } = toUserView(user);
  return { user_id, username, firstname, lastname, description: '', email, emails };
}

function side(
  publicUrl: string,
  repository: AddressedRepo,
  { name, type, id }: { name: string; type: string; id: string },
) {
  const clone_url = cloneUrl(repository.clone_uri_tmpl, repository, publicUrl);
  return { clone_url, repository: repository.repo_name, reference: { name, type, commit_id: id } };
}

/** A pull request in RhodeCode's words. @param users everybody who appears in it */
export function toOverview(
  row: PullRequestRow,
  reviewers: readonly ReviewerRow[],
  users: ReadonlyMap<number, UserRecord>,
  publicUrl: string,
  mergeable: Mergeable,
) {
  const user = (id: number) => {
    const found = users.get(id);
    return found ? userView(found) : null;
  };
  const { clone_uri_tmpl } = row;
  const into = { repo_id: row.other_repo_id, repo_name: row.other_repo_name, clone_uri_tmpl };
  const from = { repo_id: row.org_repo_id, repo_name: row.org_repo_name, clone_uri_tmpl };
  return {
    pull_request_id: row.pull_request_id,
    url: `${pageUrl(into, publicUrl)}/pull-request/${row.pull_request_id}`,
    title: row.title,
    description: row.description,
    status: row.status,
    state: 'created',
    created_on: localSeconds(row.created_on),
    updated_on: localSeconds(row.updated_on),
    commit_ids: row.revisions,
    review_status: reviewResult(reviewers.map(({ vote }) => vote)),
    mergeable,
    source: side(publicUrl, from, {
      name: row.org_ref_name,
      type: row.org_ref_type,
      id: row.org_ref_rev,
    }),
    target: side(publicUrl, into, {
      name: row.other_ref_name,
      type: row.other_ref_type,
      id: row.other_ref_rev,
    }),
    merge: { clone_url: null, reference: null },
    merge_commit: row.merge_commit,
    merged_at: row.merged_at && localSeconds(row.merged_at),
    author: user(row.owner_id),
    reviewers: reviewers.map(({ user_id, vote }) => ({
      user: user(user_id),
      reasons: [],
      review_status: vote ?? 'not_reviewed',
    })),
  };
}

export type Overview = ReturnType<typeof toOverview>;
