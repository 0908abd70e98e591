import type { Story } from './stage.js';

export const pluginsStory: Story = async (stage) => {
  await stage.users('ada');
  const shown = ['commit-message', 'webhook'];
  const part = (plugins: { plugin_id: string }[]) =>
    plugins.filter(({ plugin_id }) => shown.includes(plugin_id));
  await stage.shows('get_plugins', {}, { part });
  await stage.refuses('get_plugins', {}, { as: 'ada' });

  await stage.shows('enable_plugin', { plugin_id: 'required-reviews' });
  await stage.refuses('enable_plugin', { plugin_id: 'nothing-like-it' });

  await stage.shows('configure_plugin', {
    plugin_id: 'required-reviews',
    config: { approvals: 2, repositories: ['tools/*'] },
  });
  await stage.refuses('configure_plugin', { plugin_id: 'required-reviews', config: { aprovals: 2 } });

  await stage.shows('get_plugin', { plugin_id: 'required-reviews' });
  await stage.refuses('get_plugin', { plugin_id: 'nothing-like-it' });

  await stage.repository('website', 'ada');
  await stage.given('enable_plugin', { plugin_id: 'commit-message' });
  const config = { pattern: '^(feat|fix): ' };
  await stage.given('configure_plugin', { plugin_id: 'commit-message', config });
  await stage.shows('simulate_policy', { plugin_id: 'commit-message', repoid: 'website' });
  await stage.refuses('simulate_policy', { plugin_id: 'webhook' });

  await stage.shows('disable_plugin', { plugin_id: 'required-reviews' });
  await stage.refuses('disable_plugin', { plugin_id: 'required-reviews' }, { as: 'ada' });
};
