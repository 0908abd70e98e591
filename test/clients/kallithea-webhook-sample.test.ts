import { expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
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

it('hears of a push over HTTP, without an extension of its own', async () => {
  const receiver = await WebhookReceiver.start();
  const git = new Client();
  try {
    await client.gateway.call('create_webhook', {
      url: receiver.url,
      event_types: ['repo.pushed'],
      repoid: 'hooked/repo',
    });
    const address = addressOf(client.gateway, 'hooked/repo', 'admin', client.key);
    await git.git('.', 'clone', '-q', address, 'work');
    await git.git('work', 'checkout', '-q', '-B', 'main');
    const pushed = await git.commit('git', 'work', 'a.txt', 'one');
    await git.git('work', 'push', '-q', 'origin', 'main');
    await receiver.waitFor(1);
    expect(JSON.stringify(receiver.received[0]?.event)).toContain(pushed);
  } finally {
    git.remove();
    await receiver.close();
  }
});
