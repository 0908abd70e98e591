import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess } from '../harness/gateway-process.js';
import { WebhookReceiver, verifySignature, type Received } from '../harness/webhook-receiver.js';
import { WorkTree } from '../harness/repositories.js';

const QUICK_LEASES = { FORGEGATE_DELIVERY_LEASE_MS: '2000' };

describe('kill -9 of the gateway between a comment and its delivery', () => {
  let home: string;
  let receiver: WebhookReceiver;
  let gateway: GatewayProcess;
  let secret: string;
  let pullRequestId: number;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'forgegate-kill-'));
    receiver = await WebhookReceiver.start();
    gateway = await GatewayProcess.start(home, QUICK_LEASES);
    await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git' });
    const tree = WorkTree.clone('git', join(home, 'repos', 'proj'));
    tree.commit('a', 'a', 'base');
    tree.branch('feature');
    tree.commit('b', 'b', 'feature');
    tree.push();
    tree.remove();
    const refs = { source_ref: 'branch:feature', target_ref: 'branch:main' };
    const pull = await gateway.call('create_pull_request', {
      source_repo: 'proj',
      target_repo: 'proj',
      ...refs,
    });
    pullRequestId = pull.pull_request_id as number;
    const webhook = await gateway.call('create_webhook', {
      url: receiver.url,
      event_types: ['pull_request.commented'],
      repoid: 'proj',
    });
    secret = webhook.secret as string;
  });
  afterEach(async () => {
    await gateway.kill();
    await receiver.close();
    rmSync(home, { recursive: true, force: true });
  });

  const comment = (text: string) =>
    gateway.call<true>('comment_pullrequest', { pull_request_id: pullRequestId, comment_msg: text });
  const textOf = ({ event }: Received) => (event.data.comment as { text: string }).text;

  it('delivers after the restart what nobody had begun to deliver', async () => {
    await gateway.stop();
    gateway = await GatewayProcess.start(home, { ...QUICK_LEASES, FORGEGATE_ROLES: 'api' });
    expect(await comment('before the crash')).toBe(true);
    await gateway.kill();
    expect(receiver.received).toEqual([]);
    gateway = await GatewayProcess.start(home, QUICK_LEASES);
    const received = await receiver.next('pull_request.commented');
    verifySignature(secret, received);
    expect(textOf(received)).toBe('before the crash');
  });

  it('delivers again, as the same message, what was on its way', async () => {
    receiver.answer = () => undefined;
    await comment('half delivered');
    const first = await receiver.next('pull_request.commented');
    await gateway.kill();
    receiver.answer = (_request, response) => response.writeHead(204).end();
    gateway = await GatewayProcess.start(home, QUICK_LEASES);
    const [, second] = await receiver.waitFor(2);
    expect(second?.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second?.body).toBe(first.body);
    verifySignature(secret, second as Received);
  });

  it('loses nothing at any moment: whatever was answered arrives', async () => {
    const answered: string[] = [];
    for (let round = 1; round <= 6; round += 1) {
      let left = round;
      const burst = Array.from({ length: 8 }, async (_, n) => {
        const text = `round ${round}, comment ${n}`;
        await comment(text);
        answered.push(text);
        left -= 1;
        if (left === 0) await gateway.kill();
      });
      await Promise.allSettled(burst);
      gateway = await GatewayProcess.start(home, QUICK_LEASES);
    }
    expect(answered.length).toBeGreaterThanOrEqual(1 + 2 + 3 + 4 + 5 + 6);
    const arrived = () => new Set(receiver.received.map(textOf));
    await receiver.waitUntil(() => answered.every((text) => arrived().has(text)));
    const ids = new Map(receiver.received.map((each) => [textOf(each), each.headers['webhook-id']]));
    for (const each of receiver.received) expect(each.headers['webhook-id']).toBe(ids.get(textOf(each)));
  });
});

describe('a graceful stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends with 0, quickly, and gives leases back',
    async (signal) => {
      const home = mkdtempSync(join(tmpdir(), 'forgegate-stop-'));
      const receiver = await WebhookReceiver.start();
      try {
        let gateway = await GatewayProcess.start(home);
        await gateway.call('create_webhook', { url: receiver.url, event_types: ['repo.created'] });
        receiver.answer = () => undefined;
        await gateway.call('create_repo', { repo_name: 'x', repo_type: 'git' });
        await receiver.next('repo.created');
        const began = Date.now();
        expect(await gateway.stop(signal)).toBe(0);
        expect(Date.now() - began).toBeLessThan(10_000);
        receiver.answer = (_request, response) => response.writeHead(204).end();
        gateway = await GatewayProcess.start(home);
        await receiver.waitFor(2);
        await gateway.stop();
      } finally {
        await receiver.close();
        rmSync(home, { recursive: true, force: true });
      }
    },
  );
});
