import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', website);

/** RhodeCode's command line of today takes one JSON object; `rhodecode-index` and others use the same code. */
const rhodecodeApi = (method: string, args: object, key = client.key) =>
  client.send({
    headers: { 'content-type': 'text/plain' },
    body: pythonJson({ id: 36, api_key: key, method, args }),
  });

it('prints the whole answer', async () => {
  const { json } = await rhodecodeApi('get_repos', {});
  expect(json).toMatchObject({ id: 36, error: null, result: [{ repo_name: 'website', repo_type: 'git' }] });
});

it('loses arguments that a method does not know, without a word', async () => {
  expect((await rhodecodeApi('get_users', { nonsense: 1 })).json).toMatchObject({ error: null });
});

it('is warned of a method that has another name today', async () => {
  expect((await rhodecodeApi('show_ip', {})).json).toMatchObject({
    error: null,
    DEPRECATION_WARNING: 'DEPRECATED METHOD Please use method `get_ip` instead.',
  });
});

it('hears in its own words that a key is wrong', async () => {
  const body = pythonJson({ id: 36, auth_token: 'wrong', method: 'get_repos', args: {} });
  expect((await client.send({ body })).json).toEqual({ id: 36, result: null, error: 'Invalid API KEY' });
});
