import type { EventEnvelope, PullRequestShape, RepositoryRef } from 'forgegate/sdk';
import {
  factsOf,
  fullRef,
  NO_COMMIT,
  ownerOf,
  person,
  shortName,
  isToldAsMerged,
  type Commit,
  type Facts,
  type Ref,
} from './facts.js';
import type { Rendered } from './message.js';

/** As GitHub documents its webhooks, as far as this gateway knows the facts. */
export function github(event: EventEnvelope): readonly Rendered[] | null {
  const facts = factsOf(event);
  if (!facts) return null;
  const common = { repository: repository(facts), sender: account(facts.actor) };
  if (facts.type === 'repo.pushed')
    return facts.refs.map((ref) => ({ name: 'push', payload: push(facts, ref, common) }));
  if (isToldAsMerged(facts)) return [];
  const told = pullRequestEvent(facts) ?? changesetEvent(facts);
  return told && [{ name: told.name, payload: { ...told.payload, ...common } }];
}

function push(facts: Facts, ref: Ref, common: object) {
  const commits = ref.commits.map((each) => commit(facts, each));
  const before = ref.old ?? NO_COMMIT;
  const after = ref.new ?? NO_COMMIT;
  return {
    ref: fullRef(ref),
    before,
    after,
    base_ref: null,
    created: ref.created,
    deleted: ref.deleted,
    forced: ref.forced ?? false,
    compare: `${facts.repository.url}/compare/${before}...${after}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: facts.actor.name, email: '' },
    ...common,
  };
}

function commit(
  { repository: repo }: Facts,
  { raw_id, message, date, author, added, removed, changed }: Commit,
) {
  const { name, email } = person(author);
  return {
    id: raw_id,
    tree_id: raw_id,
    distinct: true,
    message,
    timestamp: date,
    url: `${repo.url}/changeset/${raw_id}`,
    author: { name, email, username: name },
    committer: { name, email, username: name },
    added: [...added],
    removed: [...removed],
    modified: [...changed],
  };
}

const ACTIONS: Readonly<Record<string, string>> = {
  'pull_request.created': 'opened',
  'pull_request.updated': 'edited',
  'pull_request.merged': 'closed',
  'pull_request.closed': 'closed',
  'pull_request.deleted': 'closed',
  'pull_request.reopened': 'reopened',
};
const REVIEWS: Readonly<Record<string, string>> = { approved: 'approved', rejected: 'changes_requested' };

function pullRequestEvent(facts: Facts): { name: string; payload: object } | null {
  const { type, pullRequest, comment } = facts;
  if (!pullRequest) return null;
  const pull_request = pullRequestView(facts, pullRequest);
  const number = pullRequest.pull_request_id;
  if (facts.oldHead !== null) {
    const { oldHead: before } = facts;
    const after = pull_request.head.sha;
    return { name: 'pull_request', payload: { action: 'synchronize', number, before, after, pull_request } };
  }
  const action = ACTIONS[type];
  if (type === 'pull_request.reviewers_changed')
    return {
      name: 'pull_request',
      payload: { ...reviewRequest(facts), number, pull_request },
    };
  if (action) return { name: 'pull_request', payload: { action, number, pull_request } };
  if (type === 'pull_request.status_changed') {
    const review = {
      id: facts.eventId,
      user: account(facts.actor),
      body: comment?.text ?? null,
      state: REVIEWS[facts.status ?? ''] ?? 'commented',
      submitted_at: facts.timestamp,
      commit_id: pull_request.head.sha,
      html_url: pull_request.html_url,
    };
    return { name: 'pull_request_review', payload: { action: 'submitted', review, pull_request } };
  }
  if (!comment) return null;
  const told = {
    created: 'created',
    comment_updated: 'edited',
    comment_deleted: 'deleted',
    commented: 'created',
  };
  const commentAction = told[type.slice('pull_request.'.length) as keyof typeof told] ?? 'created';
  const shown = {
    id: comment.comment_id,
    body: comment.text,
    user: account({ id: 0, name: comment.username }),
    html_url: `${pullRequest.url}#comment-${comment.comment_id}`,
    created_at: comment.created_on,
    updated_at: comment.created_on,
  };
  if (comment.f_path !== null) {
    const line = Number(/\d+$/.exec(comment.line_no ?? '')?.[0] ?? 0) || null;
    const inline = { ...shown, path: comment.f_path, line, commit_id: pull_request.head.sha, diff_hunk: '' };
    return {
      name: 'pull_request_review_comment',
      payload: { action: commentAction, comment: inline, pull_request },
    };
  }
  const issue = {
    id: pullRequest.pull_request_id,
    number: pullRequest.pull_request_id,
    title: pullRequest.title,
    body: pullRequest.description,
    state: pull_request.state,
    user: account({ id: 0, name: pullRequest.owner }),
    html_url: pullRequest.url,
    pull_request: { html_url: pullRequest.url, url: pullRequest.url },
    created_at: pullRequest.created_on,
    updated_at: pullRequest.updated_on,
  };
  return { name: 'issue_comment', payload: { action: commentAction, issue, comment: shown } };
}

/** GitHub tells of one reviewer at a time; the pull request names all of them. */
function reviewRequest({ added: [added], removed: [removed = ''] }: Facts) {
  return added !== undefined
    ? { action: 'review_requested', requested_reviewer: account({ id: 0, name: added }) }
    : { action: 'review_request_removed', requested_reviewer: account({ id: 0, name: removed }) };
}

function changesetEvent({ type, comment, changeset, repository: repo, timestamp }: Facts) {
  if (type !== 'changeset.commented' || !comment || !changeset) return null;
  const { raw_id: rawId } = changeset;
  const shown = {
    id: comment.comment_id,
    body: comment.text,
    user: account({ id: 0, name: comment.username }),
    commit_id: rawId,
    path: comment.f_path,
    line: Number(/\d+$/.exec(comment.line_no ?? '')?.[0] ?? 0) || null,
    html_url: `${repo.url}/changeset/${rawId}#comment-${comment.comment_id}`,
    created_at: comment.created_on ?? timestamp,
    updated_at: comment.created_on ?? timestamp,
  };
  return { name: 'commit_comment', payload: { action: 'created', comment: shown } };
}

function pullRequestView(facts: Facts, pullRequest: PullRequestShape) {
  const [, headName, headSha] = pullRequest.org_ref_parts;
  const [, baseName, baseSha] = pullRequest.other_ref_parts;
  const isMerged = facts.type === 'pull_request.merged' || Boolean(pullRequest.merged_at);
  const isClosed = pullRequest.status === 'closed' || facts.type === 'pull_request.deleted';
  const side = (ref: string, sha: string, of: RepositoryRef) => ({
    label: `${ownerOf(of)}:${ref}`,
    ref,
    sha,
    user: account({ id: 0, name: pullRequest.owner }),
    repo: repository(facts, of),
  });
  return {
    id: pullRequest.pull_request_id,
    number: pullRequest.pull_request_id,
    url: pullRequest.url,
    html_url: pullRequest.url,
    diff_url: `${pullRequest.url}.diff`,
    state: isClosed ? 'closed' : 'open',
    locked: false,
    draft: false,
    title: pullRequest.title,
    body: pullRequest.description,
    user: account({ id: 0, name: pullRequest.owner }),
    requested_reviewers: pullRequest.reviewers.map(({ username }) => account({ id: 0, name: username })),
    head: side(headName, headSha, facts.source),
    base: side(baseName, baseSha, facts.repository),
    merged: isMerged,
    merged_at: pullRequest.merged_at ?? null,
    merge_commit_sha: pullRequest.merge_commit ?? null,
    commits: pullRequest.revisions.length,
    created_at: pullRequest.created_on,
    updated_at: pullRequest.updated_on,
    closed_at: isClosed ? pullRequest.updated_on : null,
  };
}

function repository(facts: Facts, of = facts.repository) {
  const { repo_id, repo_name, url, clone_url } = of;
  return {
    id: repo_id,
    name: shortName(of),
    full_name: repo_name,
    private: facts.isPrivate,
    owner: {
      ...account({ id: 0, name: ownerOf(of) }),
      name: ownerOf(of),
      email: '',
    },
    html_url: url,
    url,
    clone_url,
    git_url: clone_url,
    ssh_url: clone_url,
    description: facts.description,
    fork: of !== facts.repository,
    default_branch: facts.defaultBranch,
    master_branch: facts.defaultBranch,
  };
}

function account({ id, name }: { id: number; name: string }) {
  return {
    id,
    login: name,
    username: name,
    full_name: name,
    email: '',
    type: 'User',
    site_admin: false,
    avatar_url: '',
    html_url: '',
  };
}
