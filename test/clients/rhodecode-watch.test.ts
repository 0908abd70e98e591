import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', async (gateway) => {
  await website(gateway);
  await gateway.call('create_repo', { repo_name: 'empty', repo_type: 'git' });
});

const ID = 2 ** 32;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/;

/** slurdge's script of 2016: `auth_token`, an id of 33 bits, dates that `strptime` reads. */
async function call<Result>(method: string, args: object): Promise<Result> {
  const { json } = await client.send<Result>({
    headers: { 'content-type': 'application/json' },
    body: pythonJson({ id: ID, auth_token: client.key, method, args }),
  });
  expect(json).toMatchObject({ id: ID, error: null });
  return json.result;
}

interface Repo {
  repo_id: number;
  repo_name: string;
  last_changeset: { revision: number; date: string };
}

it('watches what is new in every repository that is not empty', async () => {
  const repos = await call<Repo[]>('get_repos', {});
  const filled = repos.filter(({ last_changeset }) => last_changeset.revision !== -1);
  expect(filled.map(({ repo_name }) => repo_name)).toEqual(['website']);
  const [
    { repo_id: repoid, last_changeset: last } = { repo_id: 0, last_changeset: { revision: 0, date: '' } },
  ] = filled;
  expect(last.date).toMatch(DATE);
  const args = { repoid, details: 'basic', start_rev: String(last.revision), limit: 20 };
  expect(await call('get_repo_changesets', args)).toEqual([
    expect.objectContaining({
      short_id: expect.any(String),
      raw_id: expect.any(String),
      message: expect.stringContaining('Say hello'),
      date: expect.stringMatching(DATE),
    }),
  ]);
});
