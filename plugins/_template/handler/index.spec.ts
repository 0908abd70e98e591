import { pullRequestCreated } from 'forgegate/sdk';
import { deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const { event, signal } = deliverContext({ contract: pullRequestCreated });

describe('the handler', () => {
  it('greets each author once', async () => {
    const { handler, calls } = await setUpPlugin(plugin, { config: { greeting: 'Hello!' } });
    for (const attempt of [1, 2]) await handler()(event, { id: 'msg_1', attempt, signal });
    const { pull_request_id } = pullRequestCreated.example.pull_request;
    expect(calls).toEqual([
      { name: 'comment_pull_request', args: { pullrequestid: pull_request_id, message: 'Hello!' } },
    ]);
  });
});
