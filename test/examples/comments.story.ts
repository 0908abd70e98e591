import type { Story } from './stage.js';

export const commentsStory: Story = async (stage) => {
  await stage.users('ada', 'grace');
  await stage.repository('website', 'ada');
  stage.push('website', 'greeting', 'Greet the world', { 'README.md': 'Hello, world\n' });
  const { pull_request_id } = await stage.given(
    'create_pull_request',
    {
      source_repo: 'website',
      target_repo: 'website',
      source_ref: 'branch:greeting',
      target_ref: 'branch:main',
      title: 'Greet the world',
    },
    'ada',
  );
  const { comment_id } = await stage.given(
    'comment_pull_request',
    { pullrequestid: pull_request_id, message: 'Which wrold?' },
    'grace',
  );

  await stage.shows('get_comment', { comment_id }, { as: 'ada' });
  await stage.refuses('get_comment', { comment_id: 99 }, { as: 'ada' });
  await stage.shows('get_repo_comments', { repoid: 'website', comment_type: 'note' }, { as: 'ada' });
  await stage.refuses('get_repo_comments', { repoid: 'nothing' }, { as: 'ada' });

  await stage.shows('edit_comment', { comment_id, message: 'Which world?', version: 0 }, { as: 'grace' });
  await stage.refuses('edit_comment', { comment_id, message: 'Which one?', version: 0 }, { as: 'grace' });
  await stage.refuses('edit_comment', { comment_id, message: '', version: 1 }, { as: 'grace' });

  await stage.refuses('delete_comment', { comment_id: 99 }, { as: 'grace' });
  await stage.shows('delete_comment', { comment_id }, { as: 'grace' });
};
