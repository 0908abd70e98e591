import { expect, it } from 'vitest';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, website);

/** A WPF program that writes its body by hand; the id is a string. */
const klone = (method: string, key = client.key) =>
  client.send<never>({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `{"id":"1","api_key":"${key}","method":"${method}","args":{}}`,
  });

it('finds its user and the names of repositories', async () => {
  expect((await klone('get_user')).json).toMatchObject({
    id: '1',
    result: { username: 'admin' },
    error: null,
  });
  expect((await klone('get_repos')).json).toMatchObject({ id: '1', result: [{ repo_name: 'website' }] });
});

it('takes a null result for a wrong key', async () => {
  expect((await klone('get_user', 'x'.repeat(40))).json).toEqual({
    id: '1',
    result: null,
    error: 'Invalid API key',
  });
});
