import { pullRequestCommented, pullRequestCreated, type EventContract } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const endpoint = { url: '', config: { webhook_url: 'https://hooks.slack.com/services/T0/B0/XyZ' } };
const ok = { status: 200, body: 'ok' };

async function deliver(answer: HttpAnswer, contract: EventContract = pullRequestCreated) {
  const http = new FakeHttp(answer);
  const { adapter } = await setUpPlugin(plugin);
  const outcome = await adapter('slack').deliver(deliverContext({ http, endpoint, contract }));
  return { outcome, requests: http.requests };
}

describe('the slack adapter', () => {
  const neutralises = [
    '<!channel>',
    '<@U024BE7LH>',
    '<https://evil.example|gateway>',
    '@channel',
    '@here',
    'a & b',
  ];
  it.each(adapterConformance({ plugin, adapter: 'slack', endpoint, http: ok, neutralises }))(
    '$name',
    ({ run }) => run(),
  );

  it('posts one message, with what users wrote as plain text and a link of its own', async () => {
    const { outcome, requests } = await deliver(ok, pullRequestCommented);
    expect(outcome).toEqual({ outcome: 'delivered', code: 'HTTP_200', status: 200 });
    expect(requests.map(({ url }) => url)).toEqual(['https://hooks.slack.com/services/T0/B0/XyZ']);
    const title = 'ada commented on pull request #7 of tools/parser: Read numbers with exponents';
    expect(JSON.parse(String(requests[0]?.request.body))).toEqual({
      text: title,
      mrkdwn: false,
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        { type: 'section', text: { type: 'plain_text', text: title, emoji: false } },
        { type: 'section', text: { type: 'plain_text', text: 'Does this accept `1e+`?', emoji: false } },
        {
          type: 'section',
          fields: [{ type: 'plain_text', text: 'File: src/number.c, line 88', emoji: false }],
        },
        {
          type: 'context',
          elements: [
            {
              type: 'mrkdwn',
              text: '<https://code.example.com/tools/parser/pull-request/7|Open> · `pull_request.commented`',
            },
          ],
        },
      ],
    });
  });

  it.each([
    [404, 'no_service', 'gone', 'SLACK_NO_SERVICE'],
    [404, 'channel_not_found', 'gone', 'SLACK_CHANNEL_NOT_FOUND'],
    [410, 'channel_is_archived', 'gone', 'SLACK_CHANNEL_IS_ARCHIVED'],
    [403, 'invalid_token', 'gone', 'SLACK_INVALID_TOKEN'],
    [403, 'action_prohibited', 'gone', 'SLACK_ACTION_PROHIBITED'],
    [400, 'user_not_found', 'gone', 'SLACK_USER_NOT_FOUND'],
    [403, 'posting_to_general_channel_denied', 'gone', 'SLACK_POSTING_TO_GENERAL_CHANNEL_DENIED'],
    [404, 'no_team', 'gone', 'SLACK_NO_TEAM'],
    [403, 'team_disabled', 'gone', 'SLACK_TEAM_DISABLED'],
    [400, 'invalid_payload', 'rejected', 'SLACK_INVALID_PAYLOAD'],
    [400, 'no_text', 'rejected', 'SLACK_NO_TEXT'],
    [400, 'too_many_attachments', 'rejected', 'SLACK_TOO_MANY_ATTACHMENTS'],
    [400, 'invalid_blocks_format', 'rejected', 'SLACK_INVALID_BLOCKS_FORMAT'],
    [400, 'something_new', 'retry', 'HTTP_400'],
    [404, '<html>not Slack at all</html>', 'retry', 'HTTP_404'],
    [500, 'rollup_error', 'retry', 'HTTP_500'],
    [503, 'no_service', 'retry', 'HTTP_503'],
  ])('takes %i %s for %s', async (status, body, outcome, code) => {
    expect((await deliver({ status, body })).outcome).toMatchObject({ outcome, code, status });
  });

  it('waits as long as Slack asks for', async () => {
    const { outcome } = await deliver({
      status: 429,
      headers: { 'retry-after': '30' },
      body: 'rate_limited',
    });
    expect(outcome).toMatchObject({ outcome: 'retry', retryAfterMs: 30_000 });
  });

  it('says which setting is no URL', async () => {
    const { adapter } = await setUpPlugin(plugin);
    expect(adapter('slack').check?.({ url: '', config: { webhook_url: 'T0/B0/XyZ' } })).toBe(
      'config.webhook_url must be an http or https URL',
    );
  });
});
