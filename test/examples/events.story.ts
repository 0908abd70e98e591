import type { Story } from './stage.js';

export const eventsStory: Story = async (stage) => {
  await stage.users('ada');
  await stage.repository('website', 'ada');
  await stage.given('update_repo', { repoid: 'website', description: 'Our face' }, 'ada');
  const { events } = await stage.shows<{ events: { data: { event_id: number } }[] }>(
    'get_events',
    { event_types: ['repo.updated'], repoid: 'website' },
    { as: 'ada', standIns: { cursor: '815.12' } },
  );
  await stage.refuses('get_events', { cursor: 'yesterday' }, { as: 'ada' });
  await stage.shows('get_event_types', {}, { as: 'ada' });
  await stage.shows('get_event_type', { event_type: 'repo.unlocked' }, { as: 'ada' });
  await stage.refuses('get_event_type', { event_type: 'repo.eaten' }, { as: 'ada' });
  await stage.shows('expunge_events', { event_id: events[0]?.data.event_id });
  await stage.refuses('expunge_events', {});
};
