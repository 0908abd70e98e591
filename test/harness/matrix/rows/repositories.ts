import { lacks } from '../oracle.js';
import { ALLOWED } from '../rehearsal.js';
import type { Row, Rows } from './row.js';

const DENIED = 'Access was denied to this resource.';
const names = (result: unknown) =>
  (result as { repo_name: string }[]).map(({ repo_name }) => repo_name).join(' ');

const LISTED: Row = {
  about: 'repo',
  at: ['own'],
  args: () => ({}),
  shows: names,
  outcomes: () => ({
    none: 'shared/project',
    read: 'own/project shared/project',
    superAdmin: 'other/project own/project shared/project',
    elsewhere: 'other/project',
  }),
};

const LOCK_ALL = {
  before: `UPDATE repo SET locked_on = now(), lock_reason = 'lock_api',
    locked_by = (SELECT user_id FROM "user" WHERE username = 'admin')`,
  after: 'UPDATE repo SET locked_by = NULL, locked_on = NULL, lock_reason = NULL',
};

/** Repositories: creation, lists, jobs. */
export const REPOSITORY_ROWS: Rows = {
  create_repo: [
    {
      about: 'repoGroup',
      args: ({ group }) => ({ repo_name: `${group}/new` }),
      outcomes: ({ group }) => ({
        none: `repo group \`${group}\` not found`,
        read: `no permission to create repo in ${group}`,
        write: ALLOWED,
        elsewhere: lacks('repo:own/new'),
      }),
    },
    {
      label: 'top level',
      at: ['own'],
      args: () => ({ repo_name: 'new' }),
      outcomes: () => ({
        none: 'no permission to create top level repo',
        creator: ALLOWED,
        superAdmin: ALLOWED,
        elsewhere: lacks('repo:new'),
      }),
    },
    {
      label: 'with groups on the way',
      about: 'repoGroup',
      at: ['own'],
      args: () => ({ repo_name: 'own/deep/new', create_groups: true }),
      outcomes: () => ({
        none: 'repo group `own/deep` not found',
        read: 'no permission to create repo in own',
        write: ALLOWED,
        elsewhere: lacks('repo:own/deep/new'),
      }),
    },
    {
      label: 'in the name of another',
      about: 'repoGroup',
      at: ['own'],
      args: () => ({ repo_name: 'own/new', owner: 'stranger' }),
      outcomes: () => ({
        none: 'repo group `own` not found',
        read: 'no permission to create repo in own',
        write: 'Only Kallithea admin can specify `owner` param',
        superAdmin: ALLOWED,
        elsewhere: lacks('repo:own/new'),
      }),
    },
  ],
  fork_repo: [
    {
      label: 'hidden source',
      args: ({ repo }) => ({ repoid: repo, fork_name: 'other/fork' }),
      outcomes: ({ repo }) => ({
        none: DENIED,
        creator: `repository \`${repo}\` does not exist`,
        superAdmin: ALLOWED,
        elsewhere: lacks('repo:own/project'),
      }),
    },
    {
      label: 'readable source',
      at: ['shared'],
      args: ({ repo }) => ({ repoid: repo, fork_name: 'fork' }),
      outcomes: () => ({
        none: DENIED,
        creator: ALLOWED,
        superAdmin: ALLOWED,
        elsewhere: lacks('repo:shared/project'),
      }),
    },
    {
      label: 'name of a hidden repository',
      at: ['shared'],
      args: ({ repo }) => ({ repoid: repo, fork_name: 'own/project' }),
      outcomes: () => ({
        none: DENIED,
        creator: 'repo group `own` not found',
        superAdmin: 'repo `own/project` already exist',
        elsewhere: lacks('repo:shared/project'),
      }),
    },
  ],
  get_repos: [LISTED],
  get_locks: [{ ...LISTED, arrange: LOCK_ALL }],
  get_user_locks: [
    {
      ...LISTED,
      arrange: LOCK_ALL,
      about: undefined,
      args: () => ({ userid: 'admin' }),
      outcomes: () => ({
        none: 'userid is not the same as your user',
        superAdmin: 'other/project own/project shared/project',
        elsewhere: 'other/project',
      }),
    },
  ],
  update_repo: [
    {
      // to a name that is taken, so that nothing is moved
      label: 'move',
      leadsAway: true,
      about: 'repo',
      at: ['other'],
      args: ({ repo }) => ({ repoid: repo, group: 'own' }),
      outcomes: ({ repo }) => ({
        none: `repository \`${repo}\` does not exist`,
        superAdmin: `failed to update repo \`${repo}\``,
        elsewhere: lacks('repo:own/project'),
      }),
    },
    {
      label: 'move to a hidden group',
      about: 'repo',
      at: ['own'],
      args: ({ repo }) => ({ repoid: repo, group: 'other' }),
      outcomes: ({ repo }) => ({
        none: `repository \`${repo}\` does not exist`,
        read: `repository \`${repo}\` does not exist`,
        admin: 'repository group `other` does not exist',
        superAdmin: `failed to update repo \`${repo}\``,
        elsewhere: lacks('repo:own/project'),
        but: { 'key for the own objects': lacks('repo:other/project') },
      }),
    },
  ],
  create_repo_group: [
    {
      label: 'inside',
      at: ['own'],
      args: ({ group }) => ({ group_name: 'part', parent: group }),
      outcomes: () => ({ none: DENIED, superAdmin: ALLOWED, elsewhere: lacks('group:own/part') }),
    },
  ],
  update_repo_group: [
    {
      label: 'move',
      leadsAway: true,
      about: 'repoGroup',
      at: ['other'],
      args: ({ group }) => ({ repogroupid: group, parent: 'own', group_name: 'project' }),
      outcomes: ({ group }) => ({
        none: DENIED,
        superAdmin: `failed to update repository group \`${group}\``,
        elsewhere: lacks('group:own/project'),
      }),
    },
  ],
  get_repo_groups: [
    {
      at: ['own'],
      args: () => ({}),
      shows: (result) => (result as { group_name: string }[]).map(({ group_name }) => group_name).join(' '),
      about: 'repoGroup',
      outcomes: () => ({
        none: 'shared',
        read: 'own shared',
        superAdmin: 'other own shared',
        elsewhere: 'other',
      }),
    },
  ],

  get_job: [
    {
      args: ({ job }) => ({ job_id: job }),
      outcomes: ({ job }) => ({
        none: `job \`${job}\` does not exist`,
        author: ALLOWED,
        superAdmin: ALLOWED,
        elsewhere: `job \`${job}\` does not exist`,
      }),
    },
  ],
  cancel_job: [
    {
      args: ({ job }) => ({ job_id: job }),
      outcomes: ({ job }) => ({
        none: `job \`${job}\` does not exist`,
        author: ALLOWED,
        superAdmin: ALLOWED,
        elsewhere: `job \`${job}\` does not exist`,
      }),
    },
  ],
  get_jobs: [
    {
      at: ['own'],
      args: () => ({ kind: 'create_repo' }),
      shows: (result) =>
        (result as { jobs: { repo_name: string }[] }).jobs.map(({ repo_name }) => repo_name).join(' '),
      outcomes: () => ({
        none: '',
        author: 'own/project',
        superAdmin: 'shared/project other/project own/project',
        elsewhere: 'other/project',
      }),
    },
  ],
};
