import type { EventEnvelope } from 'forgegate/sdk';
import { factsOf, type Facts } from './facts.js';
import type { Rendered } from './message.js';

const NAMES: Readonly<Record<string, string>> = {
  'repo.pushed': 'repo-push',
  'repo.created': 'repo-create',
  'repo.deleted': 'repo-delete',
  'pull_request.created': 'pullrequest-create',
  'pull_request.updated': 'pullrequest-update',
  'pull_request.closed': 'pullrequest-close',
  'pull_request.merged': 'pullrequest-merge',
  'pull_request.status_changed': 'pullrequest-review',
  'pull_request.commented': 'pullrequest-comment',
  'pull_request.comment_updated': 'pullrequest-comment-edit',
  'changeset.commented': 'repo-commit-comment',
};

/** The event as RhodeCode's webhook integration wraps it, and the variables of its URLs; once for each branch of a push. */
export function rhodecode(token: string): (event: EventEnvelope) => readonly Rendered[] | null {
  return (event) => {
    const facts = factsOf(event);
    const name = facts && NAMES[facts.type];
    if (!facts || !name) return null;
    const payload = { token, event: { name, ...body(facts) } };
    const common = variables(facts);
    if (facts.type !== 'repo.pushed') return [{ name, payload, variables: common }];
    return facts.refs.map((ref) => ({
      name,
      payload,
      variables: {
        ...common,
        branch: ref.type === 'tag' ? '' : ref.name,
        branch_head: ref.new ?? '',
        commit_id: ref.new ?? '',
        raw_id: ref.new ?? '',
      },
    }));
  };
}

function body(facts: Facts) {
  const { repository: repo, pullRequest, comment, refs } = facts;
  return {
    actor: { user_id: facts.actor.id, username: facts.actor.name },
    actor_ip: '',
    utc_timestamp: facts.timestamp.replace(/Z$/, ''),
    server_url: new URL(repo.url).origin,
    repo: {
      repo_id: repo.repo_id,
      repo_name: repo.repo_name,
      repo_type: repo.repo_type,
      url: repo.url,
      permalink_url: `/_${repo.repo_id}`,
    },
    ...(facts.type === 'repo.pushed' && {
      push: {
        branches: refs.filter(({ type }) => type !== 'tag').map(({ name }) => ({ name, url: repo.url })),
        tags: refs.filter(({ type }) => type === 'tag').map(({ name }) => ({ name })),
        commits: refs.flatMap((ref) =>
          ref.commits.map(({ raw_id, message, author, date }) => ({
            raw_id,
            short_id: raw_id.slice(0, 12),
            message,
            author,
            date,
            branch: ref.name,
            url: `${repo.url}/changeset/${raw_id}`,
          })),
        ),
      },
    }),
    ...(pullRequest && {
      pullrequest: {
        pull_request_id: pullRequest.pull_request_id,
        title: pullRequest.title,
        url: pullRequest.url,
        permalink_url: pullRequest.url,
        status: pullRequest.status,
      },
    }),
    ...(comment && {
      comment: {
        comment_id: comment.comment_id,
        comment_text: comment.text,
        comment_type: comment.comment_type,
        comment_f_path: comment.f_path,
        comment_line_no: comment.line_no,
      },
    }),
  };
}

function variables({ repository: repo, actor, pullRequest, type, changeset }: Facts): Record<string, string> {
  const rawId = changeset?.raw_id;
  return {
    event_name: NAMES[type] ?? type,
    repo_name: repo.repo_name,
    repo_type: repo.repo_type,
    repo_id: String(repo.repo_id),
    repo_url: repo.url,
    username: actor.name,
    user_id: String(actor.id),
    branch: '',
    branch_head: '',
    commit_id: rawId ?? '',
    raw_id: rawId ?? '',
    pull_request_id: String(pullRequest?.pull_request_id ?? ''),
    pull_request_title: pullRequest?.title ?? '',
    pull_request_url: pullRequest?.url ?? '',
  };
}
