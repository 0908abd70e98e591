import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterFindings } from '../../src/cli/doctor/plugins.js';
import { DeliveryMetrics } from '../../src/delivery/delivery-metrics.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PluginFolder } from '../harness/plugin-folder.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

/** Asks until the answer is as expected: NOTIFY takes a moment from one process to the other. */
async function eventually(ask: () => Promise<unknown>, expected: unknown): Promise<void> {
  for (;;) {
    const answer = await ask().catch((error: Error) => error.message);
    if (answer === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('two processes on one database', () => {
  let one: TestGateway;
  let two: TestGateway;
  beforeAll(async () => {
    one = await startTestGateway();
    two = await startTestGateway({}, one);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  it('drop what they have cached when the other one changes it', async () => {
    const { key } = await one.createUser('ada');
    await one.call('create_repo', { repo_name: 'proj', repo_type: 'git', private: true });
    await one.call('grant_user_permission', { repoid: 'proj', userid: 'ada', perm: 'repository.read' });
    const nameSeenByTwo = async () => (await two.call('get_repo', { repoid: 'proj' }, key)).repo_name;
    await eventually(nameSeenByTwo, 'proj');
    await one.call('update_repo', { repoid: 'proj', description: 'new words' });
    await eventually(
      async () => (await two.call('get_repo', { repoid: 'proj' }, key)).description,
      'new words',
    );
    await one.call('revoke_user_permission', { repoid: 'proj', userid: 'ada' });
    await eventually(nameSeenByTwo, 'get_repo: repository `proj` does not exist');
    await one.call('delete_user', { userid: 'ada' });
    await eventually(() => two.call('get_user', {}, key), 'get_user: Invalid API key');
  });

  it('deliver each event once between them', async () => {
    const receiver = await WebhookReceiver.start();
    await one.call('create_webhook', { url: receiver.url, event_types: ['repo.created'] });
    const names = Array.from({ length: 20 }, (_, n) => `shared-${n}`);
    await Promise.all(
      names.map((repo_name, n) => (n % 2 ? one : two).call('create_repo', { repo_name, repo_type: 'git' })),
    );
    await receiver.waitFor(names.length);
    const delivered = receiver.received.map(
      ({ event }) => (event.data.repo as { repo_name: string }).repo_name,
    );
    expect(delivered.toSorted()).toEqual(names.toSorted());
    await receiver.close();
  });
});

/** What operators see of deliveries that no plugin of this process has the adapter for. */
async function waitingFor({ url, app, settings }: TestGateway) {
  await app.get(DeliveryMetrics).sample();
  const metrics = await (await fetch(`${url}/_admin/metrics`)).text();
  const gauge = metrics
    .split('\n')
    .filter((line) => line.startsWith('forgegate_delivery_oldest_due_without_adapter_seconds{'))
    .map((line) => line.replace(/ 0\.\d+$| [1-9]\S*$/, ' > 0'));
  return { gauge, findings: await adapterFindings({ ...settings, port: Number(new URL(url).port) }) };
}

describe('a delivery whose adapter only one process runs', () => {
  it('is left to it by the others, and is shown as waiting while nobody runs it', async () => {
    const folder = await PluginFolder.make();
    const code = `export default { setup(ctx) {
      ctx.adapter('pigeon', { url: 'none', deliver: async () => ({ outcome: 'delivered', code: 'FLOWN' }) });
    } };`;
    await folder.add('pigeon', { 'index.js': code });
    const without = await startTestGateway();
    let having = await startTestGateway(
      { FORGEGATE_PLUGINS_DIR: folder.path, FORGEGATE_ROLES: 'api' },
      without,
    );
    try {
      const { webhook_id } = await having.call('create_webhook', {
        adapter: 'pigeon',
        event_types: ['repo.created'],
      });
      await having.call('create_repo', { repo_name: 'x', repo_type: 'git' });
      const seen = () => without.call('get_webhook', { webhook_id });
      await expect.poll(async () => (await seen()).deliveries).toMatchObject({ pending: 1 });
      // Others than this one were taken meanwhile, so it was looked at and left
      const receiver = await WebhookReceiver.start();
      await without.call('create_webhook', { url: receiver.url, event_types: ['repo.updated'] });
      await without.call('update_repo', { repoid: 'x', description: 'new' });
      await receiver.next('repo.updated');
      await receiver.close();
      expect(await seen()).toMatchObject({
        waiting_reason: expect.stringContaining('adapter pigeon') as unknown,
        deliveries: { pending: 1, in_flight: 0, oldest_due_on: expect.any(String) as unknown },
      });
      expect(await waitingFor(without)).toEqual({
        gauge: ['forgegate_delivery_oldest_due_without_adapter_seconds{adapter="pigeon"} > 0'],
        findings: [
          {
            what: 'adapter pigeon',
            state: 'broken',
            text: `no plugin of this gateway has it; deliveries of the webhooks ${String(webhook_id)} wait`,
            remedy: expect.stringMatching(/get_plugins.*delete_webhook/) as unknown,
          },
        ],
      });
      expect(await waitingFor(having)).toEqual({ gauge: [], findings: [] });
      await having.close();
      having = await startTestGateway({ FORGEGATE_PLUGINS_DIR: folder.path }, without);
      const log = async () =>
        (await having.call<{ deliveries: object[] }>('get_deliveries', { webhook_id })).deliveries;
      await expect.poll(log).toMatchObject([{ state: 'delivered', attempts: 1 }]);
      expect(await having.call('get_webhook', { webhook_id })).toMatchObject({ waiting_reason: null });
      expect((await waitingFor(without)).gauge).toEqual([]);
    } finally {
      await having.close();
      await without.close();
      await folder.remove();
    }
  });
});

describe('a process without the role `api`', () => {
  it('delivers what others accept, answers its health, and serves no calls', async () => {
    const api = await startTestGateway({ FORGEGATE_ROLES: 'api' });
    const worker = await startTestGateway({ FORGEGATE_ROLES: 'delivery' }, api);
    const receiver = await WebhookReceiver.start();
    try {
      expect((await fetch(`${worker.url}/_admin/readyz`)).status).toBe(200);
      expect((await fetch(`${worker.url}/_admin/api`, { method: 'POST', body: '{}' })).status).toBe(404);
      await api.call('create_webhook', { url: receiver.url, event_types: ['*'] });
      await api.call('create_repo', { repo_name: 'x', repo_type: 'git' });
      await receiver.next('repo.created');
    } finally {
      await receiver.close();
      await worker.close();
      await api.close();
    }
  });

  it('lets the plugins that run there call methods', async () => {
    const folder = await PluginFolder.make();
    const code = `export default { setup(ctx) {
      ctx.on('repo.created', (event) =>
        ctx.call('update_repo', { repoid: event.data.repository.repo_id, description: 'seen by a plugin' }));
    } };`;
    const capabilities = {
      events: ['repo.created'],
      methods: ['update_repo'],
      repositories: { write: ['**'] },
    };
    await folder.add('scribe', { 'index.js': code }, { kinds: ['handler'], capabilities });
    const env = { FORGEGATE_PLUGINS_DIR: folder.path };
    const api = await startTestGateway({ ...env, FORGEGATE_ROLES: 'api' });
    const worker = await startTestGateway({ ...env, FORGEGATE_ROLES: 'delivery' }, api);
    try {
      await api.call('create_repo', { repo_name: 'x', repo_type: 'git' });
      await expect
        .poll(async () => (await api.call('get_repo', { repoid: 'x' })).description)
        .toBe('seen by a plugin');
    } finally {
      await worker.close();
      await api.close();
      await folder.remove();
    }
  });
});
