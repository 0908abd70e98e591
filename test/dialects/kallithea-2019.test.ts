import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WorkTree } from '../harness/repositories.js';
import { visit } from '../harness/web.js';
import {
  provesAddresses,
  provesCopies,
  provesGrants,
  provesRevocations,
  provesUpkeep,
  provesUserGroups,
  provesUsers,
} from './kallithea-proofs.js';
import { ADA, addedCommit, DATE, INT, repo, WEBSITE_CHANGESET, WHOLE_ADA } from './kallithea-world.js';
import { OldScript } from './old-script.js';

const HASH = expect.stringMatching(/^[0-9a-f]{40}$/) as string;

const script = OldScript.of('kallithea-2019', addedCommit);

const website = repo('website', { description: 'Our pages' });

provesUsers(script);
provesUpkeep(script);
provesAddresses(script, 'get_ip');
provesUserGroups(script, {
  create: 'create_user_group',
  add: 'add_user_user_group',
  get: 'get_user_group',
  list: 'get_user_groups',
  remove: 'remove_user_from_user_group',
  id: 'usergroupid',
  to: 'to a user group',
});

script.proves('get_repos', () => {
  it('lists repositories', async () => {
    expect(await script.call('get_repos')).toEqual([repo('mirror', { fork_of: 'website' }), website]);
  });
});

provesGrants(script, 'grant_user_group_permission');

script.proves('get_repo', () => {
  it('shows a repository with whole members and followers', async () => {
    const shown = await script.call<Record<string, object[]>>('get_repo', { repoid: 'website' });
    expect(shown).toEqual({
      ...website,
      last_changeset: WEBSITE_CHANGESET,
      members: [
        expect.objectContaining({ type: 'user', username: 'default', permission: 'repository.read' }),
        { type: 'user', ...ADA, permission: 'repository.write' },
        { type: 'users_group', id: INT, name: 'staff', active: true, permission: 'repository.admin' },
      ],
      followers: [expect.objectContaining({ username: 'admin', api_key: script.key })],
    });
    expect(Object.keys(shown.followers?.[0] ?? {}).toSorted()).toEqual(Object.keys(WHOLE_ADA).toSorted());
  });

  it('adds names of revisions and pull requests on request', async () => {
    const args = { repoid: 'website', with_revision_names: true, with_pullrequests: true };
    const { tags, branches, bookmarks, pull_requests } = await script.call<Record<string, unknown>>(
      'get_repo',
      args,
    );
    expect({ tags, branches, bookmarks, pull_requests }).toEqual({
      tags: {},
      branches: { main: HASH },
      bookmarks: {},
      pull_requests: [],
    });
  });

  it('answers null for what is missing', async () => {
    expect(await script.call('get_repo', { repoid: 'nowhere' })).toBeNull();
  });
});

provesRevocations(script, 'revoke_user_group_permission');

script.proves('create_repo', () => {
  it('answers the repository', async () => {
    const args = {
      repo_name: 'small',
      owner: 'ada',
      repo_type: 'git',
      description: '',
      private: true,
      clone_uri: null,
      landing_rev: 'tip',
      enable_downloads: true,
      enable_statistics: true,
    };
    expect(await script.call('create_repo', args)).toEqual({
      msg: 'Created new repository `small`',
      repo: repo('small', { private: true, owner: 'ada', enable_downloads: true, enable_statistics: true }),
    });
  });

  it('makes no groups on the way', async () => {
    const args = { repo_name: 'foo/bar/baz', repo_type: 'git' };
    expect(await script.refusal('create_repo', args)).toBe('repo group `foo/bar` not found');
  });
});

script.proves('update_repo', () => {
  it('answers the repository with its last changeset', async () => {
    await script.gateway.call('create_repo_group', { group_name: 'tools' });
    const args = {
      repoid: 'small',
      name: '',
      group: 'tools',
      owner: 'admin',
      description: 'Smaller',
      private: false,
      clone_uri: '',
      landing_rev: 'tip',
      enable_downloads: false,
      enable_statistics: false,
    };
    expect(await script.call('update_repo', args)).toEqual({
      msg: expect.stringMatching(/^updated repo ID:\d+ `tools\/small`$/),
      repository: {
        ...repo('tools/small', { description: 'Smaller' }),
        last_changeset: { ...WEBSITE_CHANGESET, message: '', author: '', revision: -1 },
      },
    });
  });
});

provesCopies(script);

script.proves('get_changesets', () => {
  it('lists changesets, their files on request', async () => {
    const filters = {
      repoid: 'website',
      start: null,
      end: null,
      start_date: '2000-01-01T00:00:00',
      end_date: '2100-01-01T00:00:00',
      branch_name: 'main',
      reverse: true,
    };
    expect(await script.call('get_changesets', filters)).toEqual([WEBSITE_CHANGESET]);
    expect(await script.call('get_changesets', { ...filters, with_file_list: true })).toEqual([
      { ...WEBSITE_CHANGESET, added: ['README'], changed: [], removed: [] },
    ]);
  });
});

script.proves('get_changeset', () => {
  it('shows a changeset as the example is printed', async () => {
    const args = { repoid: 'website', raw_id: 'tip', with_reviews: true };
    await script.gateway.call('set_changeset_status', {
      repoid: 'website',
      raw_id: 'tip',
      status: 'approved',
    });
    const shown = await script.call<{ raw_id: string; id: string }>('get_changeset', args);
    expect(shown).toEqual({
      ...WEBSITE_CHANGESET,
      id: shown.raw_id,
      author: { name: 'Ada', email: 'ada@example.com' },
      added: ['README'],
      changed: [],
      removed: [],
      reviews: [{ status: 'approved', modified_at: DATE, reviewer: 'admin' }],
    });
  });
});

/** A branch with one commit more in `website`, and a pull request from it. */
async function pullRequest(): Promise<number> {
  const { gateway } = script;
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'website'));
  tree.switchTo('main');
  tree.branch('feature');
  tree.commit('feature', 'new\n', 'Add a feature');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'website' });
  const { pull_request_id: id } = await gateway.call<{ pull_request_id: number }>('create_pull_request', {
    source_repo: 'website',
    target_repo: 'website',
    source_ref: 'branch:feature',
    target_ref: 'branch:main',
    title: 'A feature',
    reviewers: ['ada'],
  });
  return id;
}

const printedPullRequest = (id: number) => ({
  status: 'new',
  pull_request_id: id,
  description: '',
  title: 'A feature',
  url: expect.stringContaining(`/website/pull-request/${id}/`),
  reviewers: [{ username: 'ada' }],
  org_repo_url: expect.stringContaining('/website'),
  org_ref_parts: ['branch', 'feature', HASH],
  other_ref_parts: ['branch', 'main', HASH],
  comments: expect.any(Array),
  owner: 'admin',
  statuses: [{ status: 'under_review', reviewer: 'admin', modified_at: DATE }],
  revisions: [HASH],
});

script.proves('get_pullrequest', () => {
  it('shows a pull request, as `get_repo` does', async () => {
    const id = await pullRequest();
    const shown = await script.call<{ comments: object[] }>('get_pullrequest', { pullrequest_id: id });
    expect(shown).toEqual(printedPullRequest(id));
    for (const comment of shown.comments)
      expect(comment).toEqual({ username: 'admin', text: expect.any(String), comment_id: INT });
    const { pull_requests } = await script.gateway.call<{ pull_requests: object[] }>(
      'get_repo',
      { repoid: 'website', with_pullrequests: true },
      script.key,
    );
    expect(pull_requests).toEqual([shown]);
  });
});

script.proves('comment_pullrequest', () => {
  it('answers true', async () => {
    const args = { repoid: 'website', with_pullrequests: true };
    const {
      pull_requests: [open],
    } = await script.gateway.call<{
      pull_requests: { pull_request_id: number }[];
    }>('get_repo', args);
    const comment = {
      pull_request_id: open?.pull_request_id,
      comment_msg: 'Fine',
      status: 'approved',
      close_pr: true,
    };
    expect(await script.call('comment_pullrequest', comment)).toBe(true);
    expect(await script.refusal('comment_pullrequest', comment)).toBe('pull request is already closed');
  });
});

describe('the envelope of 2019', () => {
  it('takes a key from the header as it is spelled there', async () => {
    const { text } = await visit(script.gateway, '/website/refs-data', {
      headers: { authentication: `Bearer ${script.key}` },
    });
    expect(text).toContain('main');
    const response = await fetch(`${script.gateway.url}/_admin/rpc`, {
      method: 'POST',
      headers: { authentication: `Bearer ${script.key}` },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get_repo', params: { repoid: 'none' } }),
    });
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 1, result: null });
  });

  it('refuses arguments that a method does not know', async () => {
    expect(await script.refusal('get_repos', { apiuser: 'x' })).toBe('Unknown `apiuser` arg in JSON DATA');
  });
});

script.provesAll();
