import type { Story } from './stage.js';

export const gistsStory: Story = async (stage) => {
  await stage.users('ada', 'grace');

  await stage.shows(
    'create_gist',
    {
      files: { 'hello.py': { content: 'print("hello")\n' } },
      description: 'How to greet',
      lifetime: 1440,
    },
    { as: 'ada' },
  );
  await stage.refuses('create_gist', { files: {} }, { as: 'ada' });
  await stage.refuses('create_gist', { files: { a: { content: 'x' } }, owner: 'grace' }, { as: 'ada' });

  await stage.shows('get_gist', { gistid: 1, content: true }, { as: 'grace' });
  await stage.refuses('get_gist', { gistid: 99 }, { as: 'grace' });
  await stage.shows('get_gists', { gist_type: 'public' }, { as: 'ada' });
  await stage.refuses('get_gists', { userid: 'nobody' });

  await stage.shows(
    'update_gist',
    { gistid: 1, files: { 'bye.py': { content: 'print("bye")\n' }, 'hello.py': null }, lifetime: -1 },
    { as: 'ada' },
  );
  await stage.refuses('update_gist', { gistid: 1, files: { 'bye.py': null } }, { as: 'ada' });

  await stage.refuses('delete_gist', { gistid: 1 }, { as: 'grace' });
  await stage.shows('delete_gist', { gistid: 1 }, { as: 'ada' });
};
