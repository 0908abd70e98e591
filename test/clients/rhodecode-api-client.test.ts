import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-1.3', website);

/** bobdoah's: the id is a UUID, and only the first line of the answer is read. */
it('reads all repositories from one line', async () => {
  const id = '6f9619ff-8b86-d011-b42d-00cf4fc964ff';
  const { text, status } = await client.send({
    headers: { 'content-type': 'text/plain' },
    body: pythonJson({ id, api_key: client.key, method: 'get_repos', args: {} }),
  });
  const [firstLine = '', ...others] = text.split('\n');
  expect(others).toEqual([]);
  expect(status).toBe(200);
  expect(JSON.parse(firstLine)).toEqual({
    id,
    result: [{ id: expect.any(Number), name: 'website', type: 'git', description: 'Página' }],
    error: null,
  });
});
