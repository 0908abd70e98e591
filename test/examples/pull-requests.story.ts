import type { Story } from './stage.js';

const WEBSITE = { source_repo: 'website', target_repo: 'website', target_ref: 'branch:main' };

export const pullRequestsStory: Story = async (stage) => {
  await stage.users('ada', 'grace', 'eve');
  await stage.repository('website', 'ada');
  const ada = { as: 'ada' };
  const grace = { as: 'grace' };
  const eve = { as: 'eve' };
  stage.push('website', 'greeting', 'Greet the world', { 'README.md': 'Hello, world\n' });

  await stage.shows(
    'create_pull_request',
    { ...WEBSITE, source_ref: 'branch:greeting', title: 'Greet the world', reviewers: ['grace'] },
    ada,
  );
  await stage.refuses('create_pull_request', { ...WEBSITE, source_ref: 'branch:gone' }, ada);
  await stage.refuses('create_pull_request', { ...WEBSITE, source_ref: 'branch:main' }, ada);
  const id = { pullrequestid: 1 };

  const todo = await stage.shows(
    'comment_pull_request',
    { ...id, message: 'Which world?', f_path: 'README.md', line_no: 'n1', comment_type: 'todo' },
    grace,
  );
  await stage.refuses('comment_pull_request', id, grace);
  await stage.refuses('comment_pull_request', { ...id, status: 'maybe' }, grace);
  await stage.shows(
    'comment_pullrequest',
    {
      pull_request_id: 1,
      comment_msg: 'The one that we have',
      status: 'under_review',
    },
    grace,
  );
  await stage.refuses('comment_pullrequest', { pull_request_id: 1, close_pr: true }, grace);

  await stage.shows('get_pullrequest', { pullrequest_id: 1 }, ada);
  await stage.refuses('get_pullrequest', { pullrequest_id: 99 }, ada);
  await stage.shows('get_pull_request', { ...id, merge_state: true }, ada);
  await stage.refuses('get_pull_request', { ...id, repoid: 'other' }, ada);
  await stage.shows('get_pull_requests', { repoid: 'website', status: 'new', limit: 10 }, ada);
  await stage.refuses('get_pull_requests', { repoid: 'nothing' }, ada);
  await stage.shows('get_pull_request_comments', id, ada);
  await stage.refuses('get_pull_request_comments', { pullrequestid: 99 }, ada);
  await stage.shows('get_pull_request_diff', id, ada);
  await stage.refuses('get_pull_request_diff', { pullrequestid: 99 }, ada);

  await stage.shows('edit_reviewers', { pull_request_id: 1, add: ['eve'] }, ada);
  await stage.refuses('edit_reviewers', { pull_request_id: 1 }, ada);

  stage.push('website', 'greeting', 'Greet everybody', { 'README.md': 'Hello, everybody\n' });
  await stage.shows('update_pull_request', { ...id, title: 'Greet everybody', update_commits: true }, ada);
  await stage.refuses('update_pull_request', { ...id, title: 'Mine now' }, eve);

  await stage.shows('close_pull_request', { ...id, message: 'Not now' }, ada);
  await stage.refuses('close_pull_request', id, ada);
  await stage.shows('reopen_pull_request', id, ada);
  await stage.refuses('reopen_pull_request', id, ada);

  await stage.refuses('merge_pull_request', id, ada);
  await stage.given(
    'comment_pull_request',
    { ...id, message: 'All of it', resolves_comment_id: todo.comment_id, status: 'approved' },
    'grace',
  );
  await stage.given('comment_pull_request', { ...id, status: 'approved' }, 'eve');
  await stage.shows('merge_pull_request', id, ada);

  stage.push('website', 'farewell', 'Say goodbye', { 'BYE.md': 'Goodbye\n' });
  const { pull_request_id: second } = await stage.given(
    'create_pull_request',
    { ...WEBSITE, source_ref: 'branch:farewell' },
    'ada',
  );
  await stage.refuses('delete_pull_request', { pullrequestid: second }, eve);
  await stage.shows('delete_pull_request', { pullrequestid: second }, ada);
};
