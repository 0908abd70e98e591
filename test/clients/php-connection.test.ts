import { expect, it } from 'vitest';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', website);

/** `RhodeCode\Connection`: an empty PHP array is a JSON list. */
const php = (id: unknown, method: string, args: unknown = []) =>
  client.send({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, api_key: client.key, method, args }),
  });

it('sends a list where it has no arguments', async () => {
  const { status, json } = await php(1, 'get_repos');
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: 1, error: null, result: [{ repo_name: 'website' }] });
});

it('gets an answer for an id that is empty', async () => {
  for (const id of [0, '', null])
    expect((await php(id, 'get_repos')).json).toMatchObject({ id, error: null });
});
