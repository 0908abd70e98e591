import type { Story } from './stage.js';

export const permissionsStory: Story = async (stage) => {
  await stage.users('ada', 'grace');
  await stage.given('create_user_group', { group_name: 'developers' });
  await stage.given('create_repo_group', { group_name: 'tools' });
  await stage.repository('tools/linter', 'ada');
  const repo = { repoid: 'tools/linter' };
  const group = { repogroupid: 'tools' };
  const user = { userid: 'grace' };
  const userGroup = { usergroupid: 'developers' };

  await stage.shows('grant_user_permission', { ...repo, ...user, perm: 'repository.write' });
  await stage.refuses('grant_user_permission', { ...repo, ...user, perm: 'group.write' });
  await stage.refuses('grant_user_permission', { ...repo, ...user, perm: 'repository.all' });
  await stage.shows('revoke_user_permission', { ...repo, ...user });
  await stage.refuses('revoke_user_permission', { ...repo, userid: 'nobody' });

  await stage.shows('grant_user_group_permission', { ...repo, ...userGroup, perm: 'repository.read' });
  await stage.refuses('grant_user_group_permission', {
    ...repo,
    usergroupid: 'strangers',
    perm: 'repository.read',
  });
  await stage.shows('revoke_user_group_permission', { ...repo, ...userGroup });
  await stage.refuses('revoke_user_group_permission', { ...repo, ...userGroup }, { as: 'grace' });

  await stage.shows('grant_user_permission_to_repo_group', {
    ...group,
    ...user,
    perm: 'group.write',
    apply_to_children: 'all',
  });
  await stage.refuses('grant_user_permission_to_repo_group', { ...group, ...user, perm: 'repository.write' });
  await stage.shows('revoke_user_permission_from_repo_group', {
    ...group,
    ...user,
    apply_to_children: 'all',
  });
  await stage.refuses('revoke_user_permission_from_repo_group', { repogroupid: 'nothing', ...user });

  await stage.shows('grant_user_group_permission_to_repo_group', {
    ...group,
    ...userGroup,
    perm: 'group.read',
  });
  await stage.refuses('grant_user_group_permission_to_repo_group', {
    ...group,
    ...userGroup,
    perm: 'group.all',
  });
  await stage.shows('revoke_user_group_permission_from_repo_group', { ...group, ...userGroup });
  await stage.refuses('revoke_user_group_permission_from_repo_group', {
    ...group,
    usergroupid: 'strangers',
  });

  await stage.shows('grant_global_permission', { ...userGroup, perm: 'hg.fork.repository' });
  await stage.refuses('grant_global_permission', { perm: 'hg.fork.repository' });
  await stage.refuses('grant_global_permission', { ...user, perm: 'hg.admin' });
  await stage.shows('get_global_permissions', { userid: 'default' });
  await stage.refuses('get_global_permissions', { userid: 'nobody' });
  await stage.shows('revoke_global_permission', { ...userGroup, perm: 'hg.fork.repository' });
  await stage.refuses('revoke_global_permission', { ...userGroup, perm: 'hg.nothing' });
};
