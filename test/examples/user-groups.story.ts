import type { Story } from './stage.js';

export const userGroupsStory: Story = async (stage) => {
  await stage.users('ada', 'grace');

  await stage.shows('create_user_group', { group_name: 'developers', description: 'Who writes code' });
  await stage.refuses('create_user_group', { group_name: 'Developers' });
  await stage.refuses('create_user_group', { group_name: 'no/slash' });
  await stage.given('create_user_group', { group_name: 'leads' });

  await stage.shows('add_user_to_user_group', { usergroupid: 'developers', userid: 'ada' });
  await stage.refuses('add_user_to_user_group', { usergroupid: 'developers', userid: 'nobody' });

  await stage.shows('grant_user_permission_to_user_group', {
    usergroupid: 'developers',
    userid: 'grace',
    perm: 'usergroup.write',
  });
  await stage.refuses('grant_user_permission_to_user_group', {
    usergroupid: 'developers',
    userid: 'grace',
    perm: 'repository.write',
  });
  await stage.shows('grant_user_group_permission_to_user_group', {
    usergroupid: 'developers',
    sourceusergroupid: 'leads',
    perm: 'usergroup.admin',
  });
  await stage.refuses('grant_user_group_permission_to_user_group', {
    usergroupid: 'developers',
    sourceusergroupid: 'leads',
    perm: 'usergroup.all',
  });

  await stage.shows('get_user_group', { usergroupid: 'developers', with_permissions: true });
  await stage.refuses('get_user_group', { usergroupid: 'strangers' });
  await stage.shows('get_user_groups', { active: true });

  await stage.shows('revoke_user_permission_from_user_group', { usergroupid: 'developers', userid: 'grace' });
  await stage.refuses('revoke_user_permission_from_user_group', {
    usergroupid: 'developers',
    userid: 'nobody',
  });
  await stage.shows('revoke_user_group_permission_from_user_group', {
    usergroupid: 'developers',
    sourceusergroupid: 'leads',
  });
  await stage.refuses('revoke_user_group_permission_from_user_group', {
    usergroupid: 'developers',
    sourceusergroupid: 'strangers',
  });

  await stage.shows('update_user_group', { usergroupid: 'developers', description: 'Who writes programs' });
  await stage.refuses('update_user_group', { usergroupid: 'leads', group_name: 'developers' });

  await stage.shows('remove_user_from_user_group', { usergroupid: 'developers', userid: 'ada' });
  await stage.refuses('remove_user_from_user_group', { usergroupid: 'strangers', userid: 'ada' });

  await stage.repository('website', 'ada');
  await stage.given('grant_user_group_permission', {
    repoid: 'website',
    usergroupid: 'leads',
    perm: 'repository.write',
  });
  await stage.shows('delete_user_group', { usergroupid: 'developers' });
  await stage.refuses('delete_user_group', { usergroupid: 'leads' });
};
