import type { EventEnvelope } from 'forgegate/sdk';
import {
  factsOf,
  fullRef,
  isToldAsMerged,
  NO_COMMIT,
  ownerOf,
  person,
  shortName,
  type Facts,
  type Ref,
} from './facts.js';
import type { Rendered } from './message.js';

/** As GitLab documents its webhooks; `name` is what `X-Gitlab-Event` says. */
export function gitlab(event: EventEnvelope): readonly Rendered[] | null {
  const facts = factsOf(event);
  if (!facts) return null;
  if (facts.type === 'repo.pushed') return facts.refs.map((ref) => push(facts, ref));
  if (facts.comment) return [{ name: 'Note Hook', payload: note(facts) }];
  if (isToldAsMerged(facts)) return [];
  const action = facts.type === 'pull_request.status_changed' ? verdict(facts) : ACTIONS[facts.type];
  return action && facts.pullRequest
    ? [{ name: 'Merge Request Hook', payload: mergeRequest(facts, action) }]
    : null;
}

/** Of one reviewer; `approved` and `unapproved` would be of all that a merge needs. */
const verdict = ({ status }: Facts): string =>
  status === 'approved' ? 'approval' : status === 'rejected' ? 'unapproval' : 'update';

const ACTIONS: Readonly<Record<string, string>> = {
  'pull_request.created': 'open',
  'pull_request.updated': 'update',
  'pull_request.reviewers_changed': 'update',
  'pull_request.merged': 'merge',
  'pull_request.closed': 'close',
  'pull_request.deleted': 'close',
  'pull_request.reopened': 'reopen',
};

function push(facts: Facts, ref: Ref): Rendered {
  const isTag = ref.type === 'tag';
  const kind = isTag ? 'tag_push' : 'push';
  const { repository: repo } = facts;
  const payload = {
    object_kind: kind,
    event_name: kind,
    before: ref.old ?? NO_COMMIT,
    after: ref.new ?? NO_COMMIT,
    ref: fullRef(ref),
    ref_protected: false,
    checkout_sha: ref.new,
    user_id: facts.actor.id,
    user_name: facts.actor.name,
    user_username: facts.actor.name,
    user_email: NO_EMAIL,
    project_id: repo.repo_id,
    project: project(facts),
    commits: ref.commits.map(({ raw_id, message, date, author, added, changed, removed }) => ({
      id: raw_id,
      message,
      title: message.split('\n')[0],
      timestamp: date,
      url: `${repo.url}/changeset/${raw_id}`,
      author: person(author),
      added: [...added],
      modified: [...changed],
      removed: [...removed],
    })),
    total_commits_count: ref.commit_count ?? ref.commits.length,
    repository: repository(facts),
  };
  return { name: isTag ? 'Tag Push Hook' : 'Push Hook', payload };
}

function mergeRequest(facts: Facts, action: string) {
  return {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: user(facts.actor),
    project: project(facts),
    repository: repository(facts),
    object_attributes: {
      ...attributes(facts),
      action,
      // By which receivers tell new commits from new words
      ...(facts.oldHead !== null && { oldrev: facts.oldHead }),
    },
    labels: [],
    changes: {},
    reviewers: (facts.pullRequest?.reviewers ?? []).map(({ username }) => user({ id: 0, name: username })),
  };
}

function note(facts: Facts) {
  const { comment, pullRequest, changeset, repository: repo } = facts;
  const rawId = changeset?.raw_id ?? null;
  const about = pullRequest
    ? { noteable_type: 'MergeRequest', url: pullRequest.url }
    : { noteable_type: 'Commit', url: `${repo.url}/changeset/${rawId}` };
  return {
    object_kind: 'note',
    event_type: 'note',
    user: user(facts.actor),
    project_id: repo.repo_id,
    project: project(facts),
    repository: repository(facts),
    object_attributes: {
      id: comment?.comment_id,
      note: comment?.text,
      noteable_type: about.noteable_type,
      noteable_id: pullRequest?.pull_request_id ?? null,
      author_id: 0,
      system: false,
      created_at: comment?.created_on,
      updated_at: comment?.created_on,
      project_id: repo.repo_id,
      commit_id: pullRequest ? null : rawId,
      line_code: comment?.line_no ?? null,
      url: `${about.url}#comment-${comment?.comment_id}`,
      action: facts.type.endsWith('_updated') ? 'update' : 'create',
    },
    ...(pullRequest ? { merge_request: attributes(facts) } : { commit: commitOf(facts, about.url) }),
  };
}

function commitOf({ changeset, timestamp }: Facts, url: string) {
  if (!changeset) return null;
  const { raw_id: id, message, author, date } = changeset;
  return {
    id,
    message,
    title: message.split('\n')[0],
    timestamp: date ?? timestamp,
    url,
    author: person(author),
  };
}

function attributes(facts: Facts) {
  const pullRequest = facts.pullRequest;
  if (!pullRequest) return {};
  const isMerged = facts.type === 'pull_request.merged' || Boolean(pullRequest.merged_at);
  return {
    id: pullRequest.pull_request_id,
    iid: pullRequest.pull_request_id,
    title: pullRequest.title,
    description: pullRequest.description,
    state: isMerged ? 'merged' : pullRequest.status === 'closed' ? 'closed' : 'opened',
    source_branch: pullRequest.org_ref_parts[1],
    target_branch: pullRequest.other_ref_parts[1],
    source_project_id: facts.source.repo_id,
    target_project_id: facts.repository.repo_id,
    source: project(facts, facts.source),
    target: project(facts),
    author_id: 0,
    assignee_id: null,
    milestone_id: null,
    labels: [],
    draft: false,
    work_in_progress: false,
    merge_status: 'unchecked',
    detailed_merge_status: pullRequest.status === 'closed' ? 'not_open' : 'unchecked',
    last_commit: {
      id: pullRequest.org_ref_parts[2],
      message: '',
      title: '',
      timestamp: pullRequest.updated_on,
      url: `${facts.source.url}/changeset/${pullRequest.org_ref_parts[2]}`,
      author: { name: pullRequest.owner, email: NO_EMAIL },
    },
    merge_commit_sha: pullRequest.merge_commit ?? null,
    url: pullRequest.url,
    created_at: pullRequest.created_on,
    updated_at: pullRequest.updated_on,
  };
}

function project(facts: Facts, of = facts.repository) {
  const { repo_id, repo_name, url, clone_url } = of;
  return {
    id: repo_id,
    name: shortName(of),
    description: facts.description,
    web_url: url,
    git_http_url: clone_url,
    http_url: clone_url,
    git_ssh_url: clone_url,
    ssh_url: clone_url,
    url: clone_url,
    homepage: url,
    namespace: ownerOf(of),
    path_with_namespace: repo_name,
    visibility_level: facts.isPrivate ? 0 : 20,
    default_branch: facts.defaultBranch,
  };
}

function repository(facts: Facts) {
  const { url, clone_url } = facts.repository;
  return {
    name: shortName(facts.repository),
    url: clone_url,
    description: facts.description,
    homepage: url,
    git_http_url: clone_url,
    git_ssh_url: clone_url,
  };
}

/** What GitLab says where an address is not public. */
const NO_EMAIL = '[REDACTED]';
const user = ({ id, name }: { id: number; name: string }) => ({ id, name, username: name, email: NO_EMAIL });
