import { expect, it } from 'vitest';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, async (gateway) => {
  await website(gateway);
  await gateway.createUser('ada');
});

/** joeynovak's C# library: `text/plain`, the id a small number, `args: null` where a method has none. */
const call = <Result>(method: string, args: object | null = null) =>
  client.send<Result>({
    headers: { 'content-type': 'text/plain', expect: '100-continue' },
    body: JSON.stringify({ id: 512, api_key: client.key, method, args }),
  });

it('reads users and repositories', async () => {
  expect((await call('get_users')).json).toMatchObject({ id: 512, error: null });
  const { json } = await call<Record<string, unknown>[]>('get_repos');
  expect(json.result[0]).toMatchObject({
    repo_id: expect.any(Number),
    landing_rev: ['rev', 'tip'],
    created_on: expect.any(String),
    last_changeset: { revision: 0 },
  });
});

it('sends a revision as a number', async () => {
  const args = { repoid: 'website', revision: 0, root_path: '', ret_type: 'all' };
  expect((await call('get_repo_nodes', args)).json.result).toEqual([{ name: 'README', type: 'file' }]);
});

it('misspells, and uses names of its time', async () => {
  expect((await call('rescan_repos', { remove_obselete: false })).json).toMatchObject({ error: null });
  const user = { username: 'tom', email: 'tom@example.com', ldap_dn: 'uid=tom' };
  expect((await call('create_user', user)).json).toMatchObject({ error: null });
  await call('create_user_group', { group_name: 'crew', active: true });
  const members = { usersgroupid: 'crew', userid: 'ada' };
  expect((await call('add_user_to_user_group', members)).json.result).toMatchObject({ success: true });
  expect((await call('remove_user_from_user_group', members)).json.result).toMatchObject({ success: true });
  const right = { repoid: 'website', usersgroupid: 'crew', perm: 'repository.read' };
  expect((await call('grant_user_group_permission', right)).json.result).toMatchObject({ success: true });
  expect(
    (await call('revoke_user_group_permission', { ...right, perm: undefined })).json.result,
  ).toMatchObject({
    success: true,
  });
});

it('locks', async () => {
  expect((await call('lock', { repoid: 'website', locked: true })).json.result).toMatchObject({
    repo: 'website',
    locked: true,
    locked_by: 'admin',
  });
  expect((await call('lock', { repoid: 'website', locked: false })).json.result).toMatchObject({
    locked: false,
  });
  expect((await call('get_ip', { userid: null })).json.result).toMatchObject({ server_ip_addr: '127.0.0.1' });
});
