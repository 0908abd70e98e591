import type { CommentShape, PullRequestShape, RepositoryRef } from '../events/index.js';
import { changed, counted, field, type NoticeField, type Tone, type WordsOf } from './words.js';

interface OnPullRequest {
  readonly repository: RepositoryRef;
  readonly pull_request: PullRequestShape;
}

const TONES: Readonly<Record<string, Tone>> = { approved: 'good', rejected: 'bad' };
const toneOf = (status: string): Tone => TONES[status] ?? 'neutral';

const called = ({ repository, pull_request }: OnPullRequest): string =>
  `pull request #${pull_request.pull_request_id} of ${repository.repo_name}: ${pull_request.title}`;

const branches = ({ org_ref_parts, other_ref_parts }: PullRequestShape): NoticeField[] => [
  ...field('From', org_ref_parts[1]),
  ...field('Into', other_ref_parts[1]),
];

const place = ({ f_path, line_no, comment_type }: CommentShape): NoticeField[] => [
  ...field('File', f_path && line_no ? `${f_path}, line ${line_no.slice(1)}` : f_path),
  ...(comment_type === 'todo' ? field('Kind', 'to do') : []),
];

export const pullRequestWords: WordsOf<'pull_request'> = {
  'pull_request.created': (data) => ({
    did: `opened ${called(data)}`,
    said: data.pull_request.description,
    url: data.pull_request.url,
    fields: [
      ...branches(data.pull_request),
      ...field('Reviewers', data.pull_request.reviewers.map(({ username }) => username).join(', ')),
    ],
  }),
  'pull_request.updated': (data) => ({
    did: `updated ${called(data)}`,
    url: data.pull_request.url,
    fields: changed(data.previous),
  }),
  'pull_request.commented': (data) => ({
    did: `commented on ${called(data)}`,
    said: data.comment.text,
    url: data.pull_request.url,
    fields: place(data.comment),
  }),
  'pull_request.comment_updated': (data) => ({
    did: `changed a comment on ${called(data)}`,
    said: data.comment.text,
    url: data.pull_request.url,
    fields: place(data.comment),
  }),
  'pull_request.comment_deleted': (data) => ({
    did: `deleted a comment on ${called(data)}`,
    url: data.pull_request.url,
    fields: place(data.comment),
  }),
  'pull_request.status_changed': (data) => ({
    did: `reviewed ${called(data)}`,
    url: data.pull_request.url,
    fields: [
      ...field('Vote', data.status.status.replaceAll('_', ' ')),
      ...field('Result', data.pull_request.review_status.replaceAll('_', ' ')),
    ],
    tone: toneOf(data.status.status),
  }),
  'pull_request.reviewers_changed': (data) => ({
    did: `changed the reviewers of ${called(data)}`,
    url: data.pull_request.url,
    fields: [...field('Added', data.added.join(', ')), ...field('Removed', data.removed.join(', '))],
  }),
  'pull_request.merged': (data) => ({
    did: `merged ${called(data)}`,
    url: data.pull_request.url,
    fields: [
      ...branches(data.pull_request),
      ...field('Revisions', counted(data.pull_request.revisions.length, 'commit')),
    ],
    tone: 'good',
  }),
  'pull_request.closed': (data) => ({
    did: `closed ${called(data)}`,
    url: data.pull_request.url,
    fields: branches(data.pull_request),
  }),
  'pull_request.reopened': (data) => ({
    did: `reopened ${called(data)}`,
    url: data.pull_request.url,
    fields: branches(data.pull_request),
  }),
  'pull_request.deleted': (data) => ({
    did: `deleted ${called(data)}`,
    url: data.repository.url,
    tone: 'bad',
  }),
};

export const changesetWords: WordsOf<'changeset'> = {
  'changeset.commented': ({ repository, changeset, comment }) => ({
    did: `commented on ${changeset.short_id} of ${repository.repo_name}`,
    said: comment.text,
    url: `${repository.url}/changeset/${changeset.raw_id}`,
    fields: place(comment),
  }),
  'changeset.status_changed': ({ repository, changeset, status }) => ({
    did: `reviewed ${changeset.short_id} of ${repository.repo_name}`,
    url: `${repository.url}/changeset/${changeset.raw_id}`,
    fields: field('Vote', status.status.replaceAll('_', ' ')),
    tone: toneOf(status.status),
  }),
};

export const gistWords: WordsOf<'gist'> = {
  'gist.created': ({ gist }) => ({
    did: `created gist ${gist.access_id}`,
    said: gist.description,
    url: gist.url,
    fields: field('Files', gist.files.join(', ')),
  }),
  'gist.updated': ({ gist, changed_files, previous }) => ({
    did: `changed gist ${gist.access_id}`,
    url: gist.url,
    fields: [...changed(previous), ...field('Files', changed_files.join(', '))],
  }),
  'gist.deleted': ({ gist, reason }) => ({
    did: reason === 'expired' ? `let gist ${gist.access_id} expire` : `deleted gist ${gist.access_id}`,
  }),
};
