import type { Story } from './stage.js';

export const serverStory: Story = async (stage) => {
  await stage.users('ada');
  await stage.given('add_user_ip', { userid: 'ada', ip_addr: '10.0.0.0/24' });

  await stage.shows('test', { args: ['anything', 1, { nested: true }] });
  await stage.refuses('test', { args: 'hello' }, { as: 'ada' });

  await stage.shows('get_ip', { userid: 'ada' });
  await stage.refuses('get_ip', { userid: 'nobody' });

  await stage.shows(
    'get_server_info',
    {},
    {
      standIns: {
        modules: [['pg', '8.23.1']],
        py_version: 'none (Node.js v20.19.0)',
        platform: 'linux 6.1.0',
        git_version: '2.39.5',
        hg_version: '6.3.2',
        forgegate_version: '0.1.0',
      },
    },
  );
  await stage.refuses('get_server_info', {}, { as: 'ada' });

  await stage.shows('get_settings');
  await stage.refuses('get_settings', {}, { as: 'ada' });

  await stage.shows('update_settings', { default_repo_type: 'git', repository_fields: true });
  await stage.refuses('update_settings', { clone_uri_tmpl: 'https://example.com/{nothing}' });
  await stage.shows('get_method', { pattern: ['get_repo_group*'] });
  await stage.shows('get_method', { pattern: ['get_ip'] }, { about: 'one method, with its arguments' });
  await stage.refuses('get_method', {}, { as: 'ada' });
};
