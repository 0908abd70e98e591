import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { gatewayMethods } from '../../src/reference/index.js';
import { isReading } from '../../src/rpc/reading-methods.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { bearer, visit } from '../harness/web.js';
import { ordinaryArguments } from './ordinary-arguments.js';
import { Target } from './target.js';

/** Stands in the name of everything that the key must not know of. */
const SECRET = 's3cret';

let target: Target;
let receiver: WebhookReceiver;
/** Of a super admin, for the repository `mine` and nothing else. */
let key: string;
let names: Record<string, unknown>;
let secretEvent: number;
beforeAll(async () => {
  target = await Target.start();
  receiver = await WebhookReceiver.start();
  const { gateway } = target;
  const made = await gateway.call<{ api_key: string }>('create_api_key', {
    description: 'limited',
    scopes: ['read', 'expunge_events', 'repo:mine'],
  });
  key = made.api_key;
  await gateway.call('create_repo_group', { group_name: `${SECRET}-group` });
  const { repo_id: secretId } = await target.repository(`${SECRET}-group/${SECRET}`, 'git');
  await gateway.call('fork_repo', { repoid: secretId, fork_name: 'mine' });
  const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: 'mine' });
  const refs = { source_ref: 'branch:feature', target_ref: 'branch:main' };
  const pull = await gateway.call<{ pull_request_id: number }>('create_pull_request', {
    source_repo: secretId,
    target_repo: secretId,
    ...refs,
    title: SECRET,
  });
  const { comment_id } = await gateway.call<{ comment_id: number }>('comment_pull_request', {
    pullrequestid: pull.pull_request_id,
    message: SECRET,
  });
  const { webhook_id } = await gateway.call<{ webhook_id: number }>('create_webhook', {
    repoid: secretId,
    url: receiver.url,
    event_types: ['repo.*'],
  });
  await gateway.call('update_repo', { repoid: secretId, description: `${SECRET} too` });
  await gateway.call('update_repo', { repoid: repo_id, description: 'changed' });
  await gateway.call('lock', { repoid: secretId, locked: true });
  await gateway.call('follow_repo', { repoid: secretId });
  const delivery = () =>
    gateway
      .call<{ deliveries: { delivery_id: number }[] }>('get_deliveries', { webhook_id })
      .then(({ deliveries }) => deliveries[0]?.delivery_id);
  await vi.waitFor(async () => expect(await delivery()).toBeDefined(), { timeout: 10_000 });
  const { jobs } = await gateway.call<{ jobs: { job_id: number; repo_name: string }[] }>('get_jobs');
  const [event] = await gateway.app
    .get(Database)
    .query<{ event_id: number }>("SELECT event_id FROM event WHERE type = 'repo.updated' AND repo_id = $1", [
      secretId,
    ]);
  secretEvent = Number(event?.event_id);
  names = {
    repoid: repo_id,
    userid: 'admin',
    revision: 'main',
    raw_id: 'main',
    commit_id: 'main',
    start_rev: 'main',
    root_path: '/',
    file_path: 'a.txt',
    pullrequestid: pull.pull_request_id,
    pullrequest_id: pull.pull_request_id,
    pull_request_id: pull.pull_request_id,
    comment_id,
    webhook_id,
    delivery_id: await delivery(),
    job_id: jobs.find(({ repo_name }) => repo_name.includes(SECRET))?.job_id,
    repogroupid: `${SECRET}-group`,
  };
});
afterAll(async () => {
  await receiver.close();
  await target.close();
});

describe('a key for one repository', () => {
  const reading = gatewayMethods().filter(({ name }) => isReading(name));

  it.each(reading.map((method) => [method.name, method] as const))(
    'is told by %s of nothing else',
    async (_name, { name, args }) => {
      const needed = ordinaryArguments(args, names);
      const { repoid: _repoid, ...bare } = needed;
      for (const given of [needed, bare]) {
        const { result, error } = (await target.gateway.rpc(name, given, key)) as Record<string, unknown>;
        // A refusal repeats what the caller wrote, and no more
        const told = JSON.stringify(result ?? error).replaceAll(String(given['repogroupid']), '<given>');
        expect(told).not.toContain(SECRET);
      }
    },
  );

  it('hears events of its own repository, and of no other', async () => {
    const { events } = await target.gateway.call<{
      events: { type: string; data: Record<string, unknown> }[];
    }>('get_events', { event_types: ['repo.*', 'pull_request.*', 'user.*', 'repo_group.*'] }, key);
    expect(events.map(({ type }) => type)).toContain('repo.updated');
    expect(JSON.stringify(events)).not.toContain(SECRET);
    const { status, text } = await visit(target.gateway, '/mine', { headers: bearer(key) });
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
  });

  it('erases no event of another, and of no person', async () => {
    const refusal = (args: object) => target.gateway.refusal('expunge_events', args, key);
    expect(await refusal({ event_id: secretEvent })).toBe(`event \`${secretEvent}\` does not exist`);
    expect(await refusal({ userid: 'admin' })).toContain('lacks the scope `repo:**`');
  });
});
