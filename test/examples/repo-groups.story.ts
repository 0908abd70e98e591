import type { Story } from './stage.js';

export const repoGroupsStory: Story = async (stage) => {
  await stage.users('ada');

  await stage.shows('create_repo_group', { group_name: 'tools', description: 'What helps us', owner: 'ada' });
  await stage.refuses('create_repo_group', { group_name: 'tools' });
  await stage.given('create_repo_group', { group_name: 'build', parent: 'tools' });

  await stage.shows('get_repo_group', { repogroupid: 'tools' });
  await stage.refuses('get_repo_group', { repogroupid: 'nothing' });
  await stage.shows('get_repo_groups', { limit: 10 });
  await stage.refuses('get_repo_groups', { limit: 0 });

  await stage.shows('update_repo_group', { repogroupid: 'tools/build', group_name: 'builders', parent: '' });
  await stage.refuses('update_repo_group', { repogroupid: 'builders', group_name: 'tools' });

  await stage.repository('tools/linter', 'ada');
  await stage.refuses('delete_repo_group', { repogroupid: 'tools' });
  await stage.shows('delete_repo_group', { repogroupid: 'tools', recursive: true });
};
