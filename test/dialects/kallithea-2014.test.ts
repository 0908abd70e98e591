import { describe, expect, it } from 'vitest';
import { followEvents } from '../harness/recorded-events.js';
import { OldScript } from './old-script.js';
import {
  provesAddresses,
  provesCopies,
  provesGrants,
  provesLock,
  provesRevocations,
  provesUpkeep,
  provesUserGroups,
  provesUsers,
} from './kallithea-proofs.js';
import {
  ADA,
  addedCommit,
  INT,
  repo as printedRepo,
  WEBSITE_CHANGESET,
  WHOLE_ADA,
} from './kallithea-world.js';

const script = OldScript.of('kallithea-2014', addedCommit);

const repo = (name: string, more: object = {}) => printedRepo(name, { enable_locking: false, ...more });

provesUsers(script);
provesUpkeep(script);
provesLock(script);
provesAddresses(script, 'show_ip');
provesUserGroups(script, {
  create: 'create_users_group',
  add: 'add_user_users_group',
  get: 'get_users_group',
  list: 'get_users_groups',
  remove: 'remove_user_from_users_group',
  id: 'usersgroupid',
  to: 'to user group',
});

script.proves('get_repos', () => {
  it('lists repositories', async () => {
    expect(await script.call('get_repos')).toEqual([
      repo('mirror', { fork_of: 'website' }),
      repo('website', { description: 'Our pages' }),
    ]);
  });
});

provesGrants(script, 'grant_users_group_permission');

script.proves('get_repo', () => {
  it('shows a repository with whole members and followers', async () => {
    const { members, followers, ...rest } = await script.call<Record<string, object[]>>('get_repo', {
      repoid: 'website',
    });
    expect(rest).toEqual({
      ...repo('website', { description: 'Our pages' }),
      last_changeset: WEBSITE_CHANGESET,
    });
    expect(members).toEqual([
      expect.objectContaining({ type: 'user', username: 'default', permission: 'repository.read' }),
      {
        type: 'user',
        ...ADA,
        permission: 'repository.write',
      },
      { type: 'users_group', id: INT, name: 'staff', active: true, permission: 'repository.admin' },
    ]);
    expect(followers).toHaveLength(1);
    expect(Object.keys(followers?.[0] ?? {}).toSorted()).toEqual(Object.keys(WHOLE_ADA).toSorted());
    expect(followers?.[0]).toMatchObject({ username: 'admin', api_key: script.key });
  });

  it('shows a reader neither keys nor networks of others', async () => {
    const reader = await script.user('reader');
    const { followers, members } = await script.gateway.call<Record<string, object[]>>(
      'get_repo',
      { repoid: 'website' },
      reader.key,
    );
    expect(followers?.[0]).toMatchObject({
      username: 'admin',
      api_key: null,
      ip_addresses: null,
      last_login: null,
    });
    expect(members?.[1]).toMatchObject({ username: 'ada', api_key: null, last_login: null });
  });

  it('answers null for what is missing or hidden', async () => {
    const { key } = await script.user('stranger');
    await script.gateway.call('create_repo', { repo_name: 'closed', repo_type: 'git', private: true });
    expect(await script.call('get_repo', { repoid: 'nowhere' })).toBeNull();
    expect(await script.call('get_repo', { repoid: 'closed' }, key)).toBeNull();
  });
});

provesRevocations(script, 'revoke_users_group_permission');

script.proves('create_repo', () => {
  it('answers the repository, and makes the groups that are missing', async () => {
    const newEvents = await followEvents(script.gateway);
    const args = {
      repo_name: 'foo/bar/baz',
      owner: 'ada',
      repo_type: 'git',
      description: 'Deep',
      private: true,
      clone_uri: null,
      landing_rev: 'tip',
      enable_downloads: true,
      enable_locking: true,
      enable_statistics: true,
    };
    expect(await script.call('create_repo', args)).toEqual({
      msg: 'Created new repository `foo/bar/baz`',
      repo: repo('foo/bar/baz', {
        description: 'Deep',
        private: true,
        owner: 'ada',
        enable_downloads: true,
        enable_locking: true,
        enable_statistics: true,
      }),
    });
    expect((await newEvents()).map(({ type }) => type)).toEqual([
      'repo_group.created',
      'repo_group.created',
      'repo.created',
    ]);
  });

  it('keeps the type of a landing revision that is no plain one', async () => {
    const args = { repo_name: 'landed', repo_type: 'git', landing_rev: 'branch:main' };
    expect(await script.call('create_repo', args)).toMatchObject({ repo: { landing_rev: 'branch:main' } });
  });

  it('lets regular users name no owner', async () => {
    const { key } = await script.user('proud');
    const args = { repo_name: 'his', repo_type: 'git', owner: 'ada' };
    expect(await script.refusal('create_repo', args, key)).toBe(
      'Only Kallithea admin can specify `owner` param',
    );
  });
});

provesCopies(script);

describe('the envelope of 2014', () => {
  it('drops arguments that a method does not know', async () => {
    expect(await script.gateway.call('get_users_groups', { apiuser: 'x' }, script.key)).toHaveLength(2);
  });
});

script.provesAll();
