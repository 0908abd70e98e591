import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

// Its key needs no dialect: it says `auth_token`.
const client = RecordedClient.of(null, async (gateway) => {
  await website(gateway);
  await gateway.call('create_repo', { repo_name: 'empty', repo_type: 'git' });
});

/** slurdge/rhodecode_watch (2016): Python 3, its id is anything up to 2^32 and must come back. */
async function ask<Result>(method: string, args: object): Promise<Result> {
  const id = 4_294_967_295;
  const { json } = await client.send<Result>({
    headers: { 'content-type': 'text/plain' },
    body: pythonJson({ id, auth_token: client.key, method, args }),
  });
  expect(json).toMatchObject({ id, error: null });
  return json.result;
}

/** What `strptime` of Python takes behind the cut at the dot. */
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/) as string;

interface Repo {
  repo_id: number;
  repo_name: string;
  last_changeset: { revision: number; date: string };
}

it('sees which repositories have something new', async () => {
  expect(await ask<Repo[]>('get_repos', {})).toMatchObject([
    { repo_name: 'empty', last_changeset: { revision: -1 } },
    { repo_name: 'website', last_changeset: { revision: 0, date: TIME } },
  ]);
});

it('reads the changesets since it last looked', async () => {
  const [, website] = await ask<Repo[]>('get_repos', {});
  const args = { repoid: website?.repo_id, details: 'basic', start_rev: '0', limit: 20 };
  expect(await ask('get_repo_changesets', args)).toMatchObject([
    {
      short_id: expect.stringMatching(/^[0-9a-f]{12}$/),
      raw_id: expect.stringMatching(/^[0-9a-f]{40}$/),
      author: 'Ada <ada@example.com>',
      message: expect.stringContaining('Say hello'),
      date: TIME,
    },
  ]);
});
