import { pullRequestCreated, pullRequestMerged, type EventContract } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const webhook_url = 'https://discord.com/api/webhooks/1/toKen';
const endpoint = { url: '', config: { webhook_url } };
const ok = { status: 200, body: '{"id":"11"}' };

async function deliver(answer: HttpAnswer, config: object = {}, contract: EventContract = pullRequestMerged) {
  const http = new FakeHttp(answer);
  const { adapter } = await setUpPlugin(plugin);
  const context = deliverContext({ http, contract, endpoint: { config: { webhook_url, ...config } } });
  const outcome = await adapter('discord').deliver(context);
  const [request] = http.requests;
  return {
    outcome,
    url: request?.url,
    body: JSON.parse(String(request?.request.body)) as Record<string, never>,
  };
}

const titled = (title: string) =>
  ({
    ...pullRequestCreated,
    example: {
      ...pullRequestCreated.example,
      pull_request: { ...pullRequestCreated.example.pull_request, title },
    },
  }) as EventContract;

describe('the discord adapter', () => {
  const neutralises = [
    '@everyone',
    '@here',
    '<@80351110224678912>',
    '<#1>',
    '[gateway](https://evil.example)',
    '**b**',
  ];
  it.each(adapterConformance({ plugin, adapter: 'discord', endpoint, http: ok, neutralises }))(
    '$name',
    ({ run }) => run(),
  );

  it('posts one embed, waits until it is in the channel, and lets it call nobody', async () => {
    const { url, body } = await deliver(ok);
    expect(url).toBe(`${webhook_url}?wait=true`);
    expect(body).toEqual({
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: 'ada merged pull request \\#7 of tools/parser\\: Read numbers with exponents',
          url: 'https://code.example.com/tools/parser/pull-request/7',
          color: 0x248046,
          fields: [
            { name: 'From', value: 'exponents', inline: true },
            { name: 'Into', value: 'main', inline: true },
            { name: 'Revisions', value: 'one commit', inline: true },
          ],
          footer: { text: 'pull_request.merged' },
          timestamp: '2026-03-06T10:15:33.120Z',
        },
      ],
    });
  });

  it('posts to a thread and under a name when told so', async () => {
    const { url, body } = await deliver(ok, { thread_id: '42', username: 'Gateway' });
    expect(url).toBe(`${webhook_url}?wait=true&thread_id=42`);
    expect(body.username).toBe('Gateway');
  });

  it('keeps to the longest title that Discord takes, also when every sign of it is escaped', async () => {
    const { body } = await deliver(ok, {}, titled('*'.repeat(250)));
    const { title } = (body.embeds as unknown as { title: string }[])[0] as { title: string };
    expect(title.length).toBeLessThanOrEqual(256);
    expect(title).toMatch(/[^\\](\\\*)+…$/);
  });

  it.each([
    [404, 10_015, 'gone'],
    [401, 50_027, 'gone'],
    [404, 10_003, 'gone'],
    [413, 40_005, 'rejected'],
    [400, 50_006, 'rejected'],
    [400, 50_035, 'rejected'],
    [400, 220_001, 'rejected'],
    [403, 40_333, 'retry'],
    [500, 10_015, 'retry'],
  ])('takes %i with code %i for %s', async (status, code, outcome) => {
    expect((await deliver({ status, body: JSON.stringify({ code, message: 'no' }) })).outcome).toMatchObject({
      outcome,
      status,
    });
  });

  it.each([
    ['{"retry_after": 0.65, "global": false}', {}, 650],
    ['<html>', { 'retry-after': '3' }, 3_000],
  ])('waits as long as it is asked to: %s', async (body, headers, retryAfterMs) => {
    expect((await deliver({ status: 429, body, headers })).outcome).toMatchObject({
      outcome: 'retry',
      retryAfterMs,
    });
  });
});
