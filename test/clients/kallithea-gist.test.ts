import { expect, it } from 'vitest';
import { pythonJson, RecordedClient } from './recorded-client.js';

const client = RecordedClient.of(null, () => Promise.resolve());

const gist = (more: object) =>
  client.send<{ gist: Record<string, unknown> }>({
    headers: { 'content-type': 'text/plain' },
    body: pythonJson({
      id: 12,
      api_key: client.key,
      method: 'create_gist',
      args: { lifetime: null, description: null, gist_type: 'public', ...more },
    }),
  });

it('sends null where nothing was given, and prints type and url', async () => {
  const { json } = await gist({ files: { 'notes.txt': { content: 'some notes\n', lexer: null } } });
  expect(json).toMatchObject({ id: 12, error: null });
  expect(json.result.gist).toMatchObject({
    type: 'public',
    url: expect.stringMatching(/^http:\/\/.*\/_admin\/gists\/\d+$/),
    description: '',
    expires: -1,
  });
});

it('sends a lifetime as text', async () => {
  const files = { a: { content: 'x', lexer: null } };
  const { json } = await gist({ files, lifetime: '30', description: 'for today', gist_type: 'private' });
  expect(json.result.gist).toMatchObject({ type: 'private', description: 'for today' });
  expect(json.result.gist.expires).toBeGreaterThan(Date.now() / 1000);
});
