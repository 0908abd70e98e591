import type { ChangesetSummary, PushedRef, RepoPushed } from '../events/index.js';
import { changed, counted, field, type Words, type WordsOf } from './words.js';

const MOST_COMMITS = 10;
const SOURCES = { api: '', fork: ' as a fork', rescan: ', found on disk' };
const WANTED = {
  create_repo: 'create',
  fork_repo: 'fork',
  pull: 'pull',
  update_repo_group: 'change repository group',
  delete_repo_group: 'delete repository group',
};

export const repoWords: WordsOf<'repo'> = {
  'repo.created': ({ repository, repo, source }) => ({
    did: `created repository ${repository.repo_name}${SOURCES[source]}`,
    said: repo.description,
    url: repository.url,
    fields: field('Type', repository.repo_type),
  }),
  'repo.updated': ({ repository, previous }) => ({
    did: `changed the settings of ${repository.repo_name}`,
    url: repository.url,
    fields: [...changed(previous), ...field('Former name', previous.repo_name)],
  }),
  'repo.deleted': ({ repository }) => ({ did: `deleted repository ${repository.repo_name}`, tone: 'bad' }),
  'repo.pulled': ({ repository, repo }) => ({
    did: `pulled ${repository.repo_name} from its source`,
    url: repository.url,
    ...newest(repo.last_changeset),
  }),
  'repo.fetched': ({ repository }) => ({ did: `fetched ${repository.repo_name}`, url: repository.url }),
  'repo.forked': ({ repository, repo }) => ({
    did: `forked ${repository.repo_name} as ${repo.repo_name}`,
    url: repository.url,
  }),
  'repo.locked': ({ repository, lock }) => ({
    did: `locked ${repository.repo_name}`,
    url: repository.url,
    fields: field('Only this user may push', lock.locked_by.username),
  }),
  'repo.unlocked': ({ repository }) => ({ did: `unlocked ${repository.repo_name}`, url: repository.url }),
  'repo.failed': ({ repository, operation, cancelled, error, detail }) => ({
    did: failed(operation, repository.repo_name, cancelled),
    said: [error, detail].filter(Boolean).join(': '),
    tone: 'bad',
  }),
  'repo.pushed': pushed,
};

const refEvent = (what: string, name: string, repoName: string) => `${what} ${name} in ${repoName}`;

export const refWords: WordsOf<'branch'> & WordsOf<'tag'> & WordsOf<'bookmark'> = {
  'branch.created': ({ repository: { repo_name, url }, branch }) => ({
    did: refEvent('created branch', branch.name, repo_name),
    url: `${url}/changeset/${branch.raw_id}`,
  }),
  'branch.deleted': ({ repository: { repo_name, url }, branch }) => ({
    did: refEvent('deleted branch', branch.name, repo_name),
    url,
  }),
  'tag.created': ({ repository: { repo_name, url }, tag }) => ({
    did: refEvent('created tag', tag.name, repo_name),
    url: `${url}/changeset/${tag.raw_id}`,
  }),
  'tag.deleted': ({ repository: { repo_name, url }, tag }) => ({
    did: refEvent('deleted tag', tag.name, repo_name),
    url,
  }),
  'bookmark.created': ({ repository: { repo_name, url }, bookmark }) => ({
    did: refEvent('created bookmark', bookmark.name, repo_name),
    url: `${url}/changeset/${bookmark.raw_id}`,
  }),
  'bookmark.deleted': ({ repository: { repo_name, url }, bookmark }) => ({
    did: refEvent('deleted bookmark', bookmark.name, repo_name),
    url,
  }),
};

export const repoGroupWords: WordsOf<'repo_group'> = {
  'repo_group.created': ({ repo_group }) => ({
    did: `created repository group ${repo_group.group_name}`,
    said: repo_group.group_description,
  }),
  'repo_group.updated': ({ repo_group, previous }) => ({
    did: `changed repository group ${repo_group.group_name}`,
    fields: changed(previous),
  }),
  'repo_group.deleted': ({ repo_group }) => ({
    did: `deleted repository group ${repo_group.group_name}`,
    tone: 'bad',
  }),
  'repo_group.failed': ({ repo_group, operation, cancelled, error, detail }) => ({
    did: failed(operation, repo_group.group_name, cancelled),
    said: [error, detail].filter(Boolean).join(': '),
    tone: 'bad',
  }),
};

function pushed({ repository, refs, ref_count, source }: RepoPushed): Words {
  const [first] = refs;
  const where = ref_count === 1 && first ? `${named(first)} of ` : `${counted(ref_count, 'ref')} of `;
  const total = refs.reduce((sum, { commit_count }) => sum + (commit_count ?? 0), 0);
  const what = total > 0 ? `${counted(total, 'commit')} to ` : '';
  const commits = refs.flatMap((ref) => ref.commits);
  const lines = commits
    .slice(-MOST_COMMITS)
    .map((commit) => `${commit.short_id} ${firstLine(commit.message)}`);
  if (total > lines.length && lines.length > 0) lines.unshift(`${total - lines.length} more, then`);
  const [only] = ref_count === 1 ? refs : [];
  return {
    did: `${source === 'merge' ? 'merged' : 'pushed'} ${what}${where}${repository.repo_name}`,
    said: lines.join('\n'),
    url: only?.new ? `${repository.url}/changeset/${only.new}` : repository.url,
    fields: refs.some(({ forced }) => forced) ? field('History', 'rewritten') : [],
  };
}

const named = ({ type, name, created, deleted }: PushedRef): string =>
  `${created ? 'new ' : deleted ? 'deleted ' : ''}${type === 'other' ? 'ref' : type} ${name}`;

const failed = (operation: keyof typeof WANTED, name: string, cancelled: boolean): string =>
  `wanted to ${WANTED[operation]} ${name}; it ${cancelled ? 'was cancelled' : 'failed'}`;

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';

const newest = ({ short_id, message }: ChangesetSummary): Pick<Words, 'said'> => ({
  said: `${short_id} ${firstLine(message)}`,
});
