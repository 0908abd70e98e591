import { expect, it } from 'vitest';
import { RecordedClient } from './recorded-client.js';

const client = RecordedClient.of(null, (gateway) =>
  gateway.call('update_settings', { repository_fields: true }),
);

const call = <Result>(method: string, args: object | null = null) =>
  client.send<Result>({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ id: '1', api_key: client.key, method, args }),
    isChunked: true,
  });

/** The sample patches a method of its own into Kallithea; here it is one of ours. */
it('gives a repository the fields that its hook reads', async () => {
  expect((await call('get_repo_groups')).json).toMatchObject({ error: null, result: [] });
  await call('create_repo_group', { group_name: 'hooked' });
  await call('create_repo', { repo_name: 'hooked/repo', repo_type: 'git' });
  const field = {
    repoid: 'hooked/repo',
    field_key: 'webhook',
    field_label: 'Webhook',
    field_desc: 'where to tell',
    field_value: 'http://ci.example.com',
  };
  expect((await call('create_repo_extra_field', field)).json).toMatchObject({ id: '1', error: null });
  expect((await call('get_repo', { repoid: 'hooked/repo' })).json.result).toMatchObject({
    ex_webhook: 'http://ci.example.com',
  });
});
