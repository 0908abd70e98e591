import type { Story } from './stage.js';

export const changesetsStory: Story = async (stage) => {
  await stage.users('ada', 'grace');
  await stage.repository('website', 'ada');
  const raw_id = stage.push('website', 'main', 'Greet the world', { 'README.md': 'Hello, world\n' });
  const repoid = 'website';

  await stage.shows('get_changesets', { repoid, max_revisions: 2, with_file_list: true }, { as: 'ada' });
  await stage.refuses('get_changesets', { repoid, branch_name: 'gone' }, { as: 'ada' });

  await stage.shows(
    'comment_changeset',
    { repoid, raw_id, comment_msg: 'Which world?', f_path: 'README.md', line_no: 'n1' },
    { as: 'grace' },
  );
  await stage.refuses(
    'comment_changeset',
    { repoid, raw_id, comment_msg: 'Fine', status: 'approved' },
    { as: 'grace' },
  );
  await stage.refuses('comment_changeset', { repoid, raw_id }, { as: 'grace' });

  await stage.shows('set_changeset_status', { repoid, raw_id, status: 'approved' }, { as: 'ada' });
  await stage.refuses(
    'set_changeset_status',
    { repoid, raw_id: 'ffffffffff', status: 'approved' },
    { as: 'ada' },
  );

  await stage.shows(
    'get_changeset',
    { repoid, raw_id: raw_id.slice(0, 12), with_reviews: true, with_inline_comments: true },
    { as: 'ada' },
  );
  await stage.refuses('get_changeset', { repoid, raw_id: 'gone' }, { as: 'ada' });

  await stage.shows('get_repo_changeset', { repoid, revision: raw_id, details: 'full' }, { as: 'ada' });
  await stage.refuses('get_repo_changeset', { repoid, revision: 'gone' }, { as: 'ada' });
  await stage.shows(
    'get_repo_changesets',
    { repoid, start_rev: '0', limit: 10, details: 'extended' },
    { as: 'ada' },
  );
  await stage.refuses('get_repo_changesets', { repoid, start_rev: 'gone', limit: 10 }, { as: 'ada' });
};
