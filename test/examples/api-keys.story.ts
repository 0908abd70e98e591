import type { Story } from './stage.js';

export const apiKeysStory: Story = async (stage) => {
  await stage.users('ada', 'grace');

  const made = await stage.shows(
    'create_api_key',
    {
      description: 'nightly build',
      lifetime: 43_200,
      scopes: ['read', 'comment_pull_request', 'repo:website'],
      ips: ['10.0.0.0/24'],
    },
    { as: 'ada' },
  );
  await stage.refuses('create_api_key', { userid: 'grace' }, { as: 'ada' });
  await stage.refuses('create_api_key', { scopes: ['no scope!'] }, { as: 'ada' });

  await stage.shows('get_api_keys', {}, { as: 'ada', standIns: { last_used_at: null, last_used_ip: null } });
  await stage.refuses('get_api_keys', { userid: 'ada' }, { as: 'grace' });

  const next = await stage.shows(
    'rotate_api_key',
    { api_key_id: made.api_key_id, overlap: 60 },
    { as: 'ada' },
  );
  await stage.refuses('rotate_api_key', { api_key_id: made.api_key_id }, { as: 'ada' });

  await stage.shows('delete_api_key', { api_key_id: next.api_key_id }, { as: 'ada' });
  await stage.refuses('delete_api_key', { api_key_id: next.api_key_id }, { as: 'ada' });
};
