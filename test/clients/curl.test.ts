import { expect, it } from 'vitest';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('kallithea-2014', async (gateway) => {
  await website(gateway);
  await gateway.call('fork_repo', { repoid: 'website', fork_name: 'CPython' });
});

const curl = (body: object, headers: Record<string, string> = {}) =>
  client.send({
    headers: { 'user-agent': 'curl/7.88.1', accept: '*/*', ...headers },
    body: JSON.stringify(body),
  });
const pull = (args: object) => ({ id: 1, api_key: client.key, method: 'pull', args });

it('pulls as the older documents say, and as the newer ones', async () => {
  const headers = { 'content-type': 'text/plain' };
  const answer = { id: 1, result: 'Pulled from `CPython`', error: null };
  expect((await curl(pull({ repo: 'CPython' }), headers)).json).toEqual(answer);
  expect((await curl(pull({ repoid: 'CPython' }), headers)).json).toEqual(answer);
});

it('calls its body a form unless told otherwise', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await curl(pull({ repoid: 'CPython' }), headers)).json).toMatchObject({ error: null });
});

it('sent no id in the oldest document, and hears so', async () => {
  const { id: _, ...rest } = pull({ repo: 'CPython' });
  const { status, json } = await curl(rest);
  expect(status).toBe(200);
  expect(json).toEqual({ id: null, result: null, error: "Incorrect JSON query missing 'id'" });
});
