import { vi } from 'vitest';
import type { Story } from './stage.js';

const WAITING = { timeout: 30_000, interval: 20 };

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

  await stage.given('disable_plugin', { plugin_id: 'commit-message' });
  await stage.given('enable_plugin', { plugin_id: 'repo-stats' });
  stage.push('website', 'greeting', 'Greet the world', { 'README.md': 'Hello, world\n' });
  const pull = { source_repo: 'website', target_repo: 'website', source_ref: 'branch:greeting' };
  await stage.given('create_pull_request', { ...pull, target_ref: 'branch:main' }, 'ada');
  await vi.waitFor(async () => {
    const { days } = await stage.given<{ days: object[] }>('get_repo_stats', { repoid: 'website' });
    if (days.length === 0) throw new Error('the event has not been counted yet');
  }, WAITING);
  const standIns = { day: '2026-03-05' };
  await stage.shows('get_repo_stats', { repoid: 'website' }, { as: 'ada', standIns });
  await stage.refuses('get_repo_stats', { repoid: 'nowhere' });

  await stage.shows('disable_plugin', { plugin_id: 'required-reviews' });
  await stage.refuses('disable_plugin', { plugin_id: 'required-reviews' }, { as: 'ada' });
};
