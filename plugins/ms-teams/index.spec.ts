import { pullRequestStatusChanged, type EventContract } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const webhook_url =
  'https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=toKen';
const endpoint = { url: '', config: { webhook_url } };
const ok = { status: 202 };

async function deliver(answer: HttpAnswer, contract: EventContract = pullRequestStatusChanged) {
  const http = new FakeHttp(answer);
  const { adapter } = await setUpPlugin(plugin);
  const outcome = await adapter('ms-teams').deliver(deliverContext({ http, endpoint, contract }));
  return { outcome, requests: http.requests };
}

describe('the ms-teams adapter', () => {
  const neutralises = ['[gateway](https://evil.example)', '<at>everyone</at>', '@everyone'];
  it.each(adapterConformance({ plugin, adapter: 'ms-teams', endpoint, http: ok, neutralises }))(
    '$name',
    ({ run }) => run(),
  );

  it('sends a card whose texts are shown as they stand', async () => {
    const { outcome, requests } = await deliver(ok);
    expect(outcome).toEqual({ outcome: 'delivered', code: 'HTTP_202', status: 202 });
    expect(requests.map(({ url }) => url)).toEqual([webhook_url]);
    const message = JSON.parse(String(requests[0]?.request.body)) as {
      type: string;
      attachments: { contentType: string; content: { type: string; body: unknown[]; actions: unknown[] } }[];
    };
    const [attachment] = message.attachments;
    expect([message.type, attachment?.contentType, attachment?.content.type]).toEqual([
      'message',
      'application/vnd.microsoft.card.adaptive',
      'AdaptiveCard',
    ]);
    const subtle = { isSubtle: true };
    const lines = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });
    const run = (text: string, look: object = {}) => ({ type: 'TextRun', text, ...look });
    expect(attachment?.content.body).toEqual([
      {
        type: 'Container',
        style: 'good',
        bleed: true,
        items: [
          lines(
            run('ada reviewed pull request #7 of tools/parser: Read numbers with exponents', {
              weight: 'Bolder',
            }),
          ),
        ],
      },
      lines(run('Vote: ', subtle), run('approved')),
      lines(run('Result: ', subtle), run('under review')),
      lines(run('pull_request.status_changed', { size: 'Small', ...subtle })),
    ]);
    expect(attachment?.content.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open', url: 'https://code.example.com/tools/parser/pull-request/7' },
    ]);
  });

  it.each([
    [404, 'WorkflowNotFound', 'gone', 'TEAMS_WORKFLOW_NOT_FOUND'],
    [401, 'DirectApiAuthorizationRequired', 'gone', 'TEAMS_DIRECT_API_AUTHORIZATION_REQUIRED'],
    [401, 'MisMatchingOAuthClaims', 'gone', 'TEAMS_MIS_MATCHING_OAUTH_CLAIMS'],
    [400, 'InvalidRequestContent', 'rejected', 'TEAMS_INVALID_REQUEST_CONTENT'],
    [400, 'TriggerInputSchemaMismatch', 'rejected', 'TEAMS_TRIGGER_INPUT_SCHEMA_MISMATCH'],
    [400, 'WorkflowTriggerIsNotEnabled', 'retry', 'HTTP_400'],
    [502, 'NoResponse', 'retry', 'HTTP_502'],
  ])('takes %i %s for %s', async (status, name, outcome, code) => {
    const body = JSON.stringify({ error: { code: name, message: 'no' } });
    expect((await deliver({ status, body })).outcome).toMatchObject({ outcome, code, status });
  });

  it('takes a card that is too large for rejected, and a call to wait for one', async () => {
    expect((await deliver({ status: 413 })).outcome).toMatchObject({ outcome: 'rejected', code: 'HTTP_413' });
    expect((await deliver({ status: 429, headers: { 'retry-after': '7' } })).outcome).toMatchObject({
      outcome: 'retry',
      retryAfterMs: 7_000,
    });
  });
});
