import type { Story } from './stage.js';

export const usersStory: Story = async (stage) => {
  await stage.users('ada');
  await stage.repository('website', 'ada');

  await stage.shows('create_user', {
    username: 'grace',
    email: 'grace@example.com',
    firstname: 'Grace',
    lastname: 'Hopper',
  });
  await stage.refuses('create_user', { username: 'Grace', email: 'other@example.com' });
  await stage.refuses('create_user', { username: 'no blanks', email: 'x@example.com' });

  await stage.shows('get_user', {}, { as: 'ada' });
  await stage.refuses('get_user', { userid: 'grace' }, { as: 'ada' });

  await stage.shows('get_users', { active: true, limit: 10 });
  await stage.refuses('get_users', {}, { as: 'ada' });

  await stage.shows('get_user_permissions', { object_type: 'repo' }, { as: 'ada' });
  await stage.refuses('get_user_permissions', { userid: 'nobody' });

  await stage.shows('update_user', { userid: 'grace', firstname: 'Grace Brewster' });
  await stage.refuses('update_user', { userid: 'default', active: false });

  await stage.shows('add_user_email', { email: 'ada@lovelace.example' }, { as: 'ada' });
  await stage.refuses('add_user_email', { email: 'grace@example.com' }, { as: 'ada' });
  await stage.shows('delete_user_email', { email: 'ada@lovelace.example' }, { as: 'ada' });
  await stage.refuses('delete_user_email', { email: 'ada@example.com' }, { as: 'ada' });

  await stage.shows('add_user_ip', { userid: 'grace', ip_addr: '10.0.0.0/24' });
  await stage.refuses('add_user_ip', { userid: 'grace', ip_addr: '10.0.0.0/24' });
  await stage.shows('delete_user_ip', { userid: 'grace', ip_addr: '10.0.0.0/24' });
  await stage.refuses('delete_user_ip', { userid: 'grace', ip_addr: '10.0.0.0/24' });

  await stage.shows('delete_user', { userid: 'grace' });
  await stage.refuses('delete_user', { userid: 'ada' });
};
