import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', website);

/** `rhodecode-index` of rhodecode-tools, as erickriegel/rhodecode-v2 runs it every hour: the whole address is one variable. */
async function ask<Result>(method: string, args: object): Promise<Result> {
  const { json } = await client.send<Result>({
    path: '/_admin/api',
    headers: { 'content-type': 'text/plain' },
    body: pythonJson({ id: 17, auth_token: client.key, method, args }),
  });
  expect(json).toMatchObject({ id: 17, error: null });
  return json.result;
}

it('walks over the files of every repository, and reads those that it has not seen', async () => {
  const [repo] = await ask<{ repo_name: string; last_changeset: { raw_id: string } }[]>('get_repos', {});
  const at = { repoid: repo?.repo_name, commit_id: repo?.last_changeset.raw_id };
  const md5 = 'b1946ac92492d2347c6235b4d2611184';
  expect(await ask('get_repo_fts_tree', { ...at, root_path: '/' })).toEqual([
    { name: 'README', md5, extension: '', binary: false, size: 6 },
  ]);
  const file = { ...at, file_path: 'README', max_file_bytes: 1_048_576, details: 'full', cache: false };
  expect(await ask('get_repo_file', file)).toMatchObject({ content: 'hello\n', md5, lines: 1 });
});
