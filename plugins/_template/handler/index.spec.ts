import { createTestGateway, recordedEvent, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const folder = new URL('.', import.meta.url);
const signal = new AbortController().signal;

describe('the handler', () => {
  it('greets each author once, however often an event comes', async () => {
    const { handler, calls } = await setUpPlugin(plugin, { config: { greeting: 'Hello!' } });
    const event = recordedEvent('pull_request.created');
    for (const attempt of [1, 2]) await handler()(event, { id: 'msg_1', attempt, signal });
    expect(calls).toMatchObject([{ name: 'comment_pull_request', args: { message: 'Hello!' } }]);
  });

  it('greets below a pull request of a real repository', async () => {
    const gateway = await createTestGateway({
      plugins: [{ folder, plugin, config: { greeting: 'Hello!' } }],
    });
    try {
      const repo = await gateway.createRepo('demo', { files: { 'a.txt': '1' } });
      await repo.push({ 'a.txt': '2' }, { branch: 'topic' });
      const { pull_request_id } = await gateway.call('create_pull_request', {
        source_repo: 'demo',
        target_repo: 'demo',
        source_ref: 'branch:topic',
        target_ref: 'branch:main',
        title: 'Second',
      });
      await gateway.settled();
      const comments = await gateway.call<object[]>('get_pull_request_comments', {
        pullrequestid: pull_request_id,
      });
      expect(JSON.stringify(comments)).toContain('Hello!');
    } finally {
      await gateway.close();
    }
  });
});
