import type { EventEnvelope } from 'forgegate/sdk';
import { factsOf } from './facts.js';
import { github } from './github.js';
import type { Rendered } from './message.js';

/** Members of what GitHub is told that Gitea has otherwise. */
interface Told {
  readonly action: string;
  readonly sender: object;
  readonly compare: string;
  readonly commits: readonly object[];
  readonly pull_request: Readonly<Record<string, unknown>>;
  readonly comment: { readonly body: string };
  readonly review: { readonly state: string; readonly body: string | null };
}

const ACTIONS: Readonly<Record<string, readonly [action: string, kind: string]>> = {
  synchronize: ['synchronized', 'pull_request_sync'],
  review_requested: ['review_requested', 'pull_request_review_request'],
  review_request_removed: ['review_request_removed', 'pull_request_review_request'],
};
const REVIEWS: Readonly<Record<string, string>> = {
  approved: 'approved',
  changes_requested: 'rejected',
  commented: 'comment',
};

/** As Gitea and Forgejo send it, where that differs from GitHub; they know no comments on commits. */
export function gitea(event: EventEnvelope): readonly Rendered[] | null {
  const { refs = [] } = factsOf(event) ?? {};
  const rendered = github(event);
  if (!rendered || rendered[0]?.name === 'commit_comment') return null;
  return rendered.map(({ name, payload }, index) => {
    const told = payload as Told;
    if (name !== 'push') return onPullRequest(name, payload, told);
    const { compare: compare_url, sender: pusher, commits } = told;
    const total_commits = refs[index]?.commit_count ?? commits.length;
    return { name, payload: { ...payload, compare_url, total_commits, pusher } };
  });
}

function onPullRequest(name: string, payload: object, told: Told): Rendered {
  if (name === 'pull_request') {
    const [action, kind] = ACTIONS[told.action] ?? [told.action, name];
    return { name, kind, payload: { ...payload, action } };
  }
  if (name === 'pull_request_review') {
    const { state, body } = told.review;
    return reviewed(payload, told, REVIEWS[state] ?? 'comment', body ?? '');
  }
  if (name === 'pull_request_review_comment' && told.action === 'created')
    return reviewed(payload, told, 'comment', told.comment.body);
  const issue = name === 'issue_comment' ? {} : { issue: issueOf(told.pull_request) };
  return {
    name: 'issue_comment',
    kind: 'pull_request_comment',
    payload: { ...issue, ...payload, is_pull: true },
  };
}

function reviewed(payload: object, { pull_request }: Told, verdict: string, content: string): Rendered {
  const kind = `pull_request_review_${verdict}`;
  const { number } = pull_request;
  return {
    name: `pull_request_${verdict}`,
    kind,
    payload: { ...payload, action: 'reviewed', number, review: { type: kind, content } },
  };
}

/** A pull request as the issue that comments stand at. */
function issueOf({
  id,
  number,
  title,
  body,
  state,
  user,
  html_url,
  merged,
  merged_at,
  ...times
}: Told['pull_request']): object {
  const { created_at, updated_at } = times;
  const pull_request = { merged, merged_at };
  return { id, number, title, body, state, user, html_url, pull_request, created_at, updated_at };
}
