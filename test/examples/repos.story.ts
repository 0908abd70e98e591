import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Story } from './stage.js';

export const reposStory: Story = async (stage) => {
  await stage.users('ada', 'grace');
  await stage.given('create_repo_group', { group_name: 'tools' });
  await stage.given('grant_user_permission_to_repo_group', {
    repogroupid: 'tools',
    userid: 'ada',
    perm: 'group.admin',
  });

  await stage.shows(
    'create_repo',
    { repo_name: 'website', repo_type: 'git', description: 'Our face', private: true },
    { as: 'ada' },
  );
  await stage.refuses('create_repo', { repo_name: 'website' }, { as: 'ada' });
  await stage.refuses('create_repo', { repo_name: 'nowhere/website' }, { as: 'ada' });
  await stage.refuses('create_repo', { repo_name: 'mine', owner: 'grace' }, { as: 'ada' });
  stage.push('website', 'main', 'Say hello', { 'README.md': 'Hello\n', 'src/main.py': 'print(1)\n' });

  await stage.shows('invalidate_cache', { repoid: 'website' }, { as: 'ada' });
  await stage.refuses('invalidate_cache', { repoid: 'website' }, { as: 'grace' });

  await stage.shows('get_repo', { repoid: 'website', with_revision_names: true }, { as: 'ada' });
  await stage.refuses('get_repo', { repoid: 'website' }, { as: 'grace' });
  await stage.shows('get_repos', { name: 'web*', limit: 10 }, { as: 'ada' });
  await stage.refuses('get_repos', { group: 'nothing' }, { as: 'ada' });
  await stage.shows('get_repo_nodes', { repoid: 'website', revision: 'main', root_path: '/' }, { as: 'ada' });
  await stage.refuses(
    'get_repo_nodes',
    { repoid: 'website', revision: 'main', root_path: '/', ret_type: 'links' },
    { as: 'ada' },
  );

  const at = { repoid: 'website', commit_id: 'main' };
  await stage.shows('get_repo_refs', { repoid: 'website' }, { as: 'ada' });
  await stage.refuses('get_repo_refs', { repoid: 'nothing' }, { as: 'ada' });
  await stage.shows('get_repo_file', { ...at, file_path: 'README.md', details: 'full' }, { as: 'ada' });
  await stage.refuses('get_repo_file', { ...at, file_path: 'LICENSE' }, { as: 'ada' });
  await stage.shows('get_repo_fts_tree', { ...at, root_path: '/' }, { as: 'ada' });
  await stage.refuses('get_repo_fts_tree', { ...at, root_path: 'docs' }, { as: 'ada' });

  await stage.shows('update_repo', { repoid: 'website', name: 'homepage', group: 'tools' }, { as: 'ada' });
  await stage.refuses('update_repo', { repoid: 'tools/homepage', owner: 'grace' }, { as: 'ada' });
  await stage.refuses('update_repo', { repoid: 'tools/homepage', landing_rev: 'main' }, { as: 'ada' });
  const repoid = 'tools/homepage';

  await stage.shows('fork_repo', { repoid, fork_name: 'my-homepage' }, { as: 'ada' });
  await stage.refuses('fork_repo', { repoid, fork_name: 'my-homepage' }, { as: 'ada' });
  await stage.shows('pull', { repoid: 'my-homepage' });
  await stage.refuses('pull', { repoid });

  await stage.shows('lock', { repoid, locked: true }, { as: 'ada' });
  await stage.given('grant_user_permission', { repoid, userid: 'grace', perm: 'repository.write' });
  await stage.refuses('lock', { repoid, locked: false }, { as: 'grace' });
  await stage.shows('get_locks', {}, { as: 'ada' });
  await stage.refuses('get_locks', { userid: 'ada' }, { as: 'grace' });
  await stage.shows('get_user_locks', {}, { as: 'ada' });
  await stage.refuses('get_user_locks', { userid: 'ada' }, { as: 'grace' });
  await stage.shows('get_repo_settings', { repoid, key: 'rhodecode_pr_merge_enabled' }, { as: 'ada' });
  await stage.refuses('get_repo_settings', { repoid }, { as: 'grace' });

  await stage.shows('follow_repo', { repoid }, { as: 'grace' });
  await stage.refuses('follow_repo', { repoid: 'nothing' }, { as: 'grace' });
  await stage.shows('unfollow_repo', { repoid }, { as: 'grace' });
  await stage.refuses('unfollow_repo', { repoid: 'nothing' }, { as: 'grace' });

  await stage.given('update_settings', { repository_fields: true });
  const field = { repoid, field_key: 'team' };
  await stage.shows(
    'create_repo_extra_field',
    { ...field, field_label: 'Team', field_value: 'red' },
    { as: 'ada' },
  );
  await stage.refuses('create_repo_extra_field', field, { as: 'ada' });
  await stage.shows('update_repo_extra_field', { ...field, field_value: 'blue' }, { as: 'ada' });
  await stage.refuses('update_repo_extra_field', { repoid, field_key: 'colour' }, { as: 'ada' });
  await stage.shows('get_repo_extra_fields', { repoid }, { as: 'ada' });
  await stage.refuses('get_repo_extra_fields', { repoid }, { as: 'grace' });
  await stage.shows('delete_repo_extra_field', field, { as: 'ada' });
  await stage.refuses('delete_repo_extra_field', field, { as: 'ada' });

  await stage.refuses('delete_repo', { repoid }, { as: 'ada' });
  await stage.shows('delete_repo', { repoid, forks: 'detach' }, { as: 'ada' });

  execFileSync('git', ['init', '-q', '--bare', join(stage.gateway.settings.repoRoot, 'found')]);
  await stage.shows('rescan_repos', { remove_obsolete: true });
  await stage.refuses('rescan_repos', {}, { as: 'ada' });
};
