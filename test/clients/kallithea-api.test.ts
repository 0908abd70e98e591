import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, website);

/** Kallithea's command line: every value is a string, split at the first colon. */
function kallitheaApi<Result>(method: string, ...words: string[]) {
  const args = Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]),
  );
  return client.send<Result>({
    headers: { 'accept-encoding': 'identity', 'content-type': 'text/plain', connection: 'close' },
    body: pythonJson({ id: 4711, api_key: client.key, method, args }),
  });
}

it('gets the id that it sent, and an answer that is ASCII on one line', async () => {
  const reply = await kallitheaApi<{ description: string }>('get_repo', 'repoid:website');
  expect(reply.status).toBe(200);
  expect(reply.json).toMatchObject({ id: 4711, error: null, result: { repo_name: 'website' } });
  expect(reply.json.result.description).toBe('Página');
  expect(reply.text).toMatch(/^[\x20-\x7e]+$/);
  expect(reply.text).toContain('P\\u00e1gina');
});

it('means no when it says so', async () => {
  const { json } = await kallitheaApi('get_repo', 'repoid:website', 'with_revision_names:False');
  expect(json.result).not.toHaveProperty('tags');
  expect(
    (await kallitheaApi('get_repo', 'repoid:website', 'with_revision_names:True')).json.result,
  ).toMatchObject({
    branches: { main: expect.any(String) },
  });
});

it('creates and changes with nothing but strings', async () => {
  const created = await kallitheaApi(
    'create_user',
    'username:bent',
    'email:bent@example.com',
    'firstname:Bent',
    'lastname:Bentsen',
    'extern_type:ldap',
    'extern_name:uid=bent,dc=example,dc=com',
    'active:True',
  );
  expect(created.json).toMatchObject({ error: null, result: { msg: 'created new user `bent`' } });
  const changed = await kallitheaApi('update_user', 'userid:bent', 'active:False', 'admin:false');
  expect(changed.json.result).toMatchObject({ user: { active: false, admin: false } });
});

it('reads an error as text, with status 200', async () => {
  const missing = await kallitheaApi('get_repo');
  expect(missing.status).toBe(200);
  expect(missing.json).toEqual({
    id: 4711,
    result: null,
    error: 'Missing non optional `repoid` arg in JSON DATA',
  });
  expect((await kallitheaApi('get_repo', 'repoid:none')).json.error).toBe('repository `none` does not exist');
});
