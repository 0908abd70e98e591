import type { Adapter, HttpResponse, PluginHttp } from './adapter.js';
import { outcomeOf, urlProblem } from './http-outcome.js';
import type { JsonSchema } from './json.js';
import type { Outcome } from './outcome.js';

/**
 * For services that hand out an address to post to, which is itself the secret: it is kept in `config.webhook_url`, masked,
 * and subscriptions have neither `url` nor signature.
 *
 * ```ts
 * ctx.adapter<{ webhook_url: string }>('chat', { ...incomingWebhook(), deliver });
 * ```
 *
 * @param more members of `config` beside it, none of them required
 */
export const incomingWebhook = (
  more: Readonly<Record<string, JsonSchema>> = {},
): Pick<Adapter<{ webhook_url: string }>, 'url' | 'signed' | 'config' | 'check'> => ({
  url: 'none',
  signed: false,
  config: {
    type: 'object',
    additionalProperties: false,
    required: ['webhook_url'],
    properties: {
      webhook_url: { type: 'string', minLength: 1, maxLength: 2048, 'x-secret': true },
      ...more,
    },
  },
  check: ({ config }) => urlProblem('webhook_url', config.webhook_url),
});

/**
 * Posts a value as JSON.
 * @param judge what the answer means; by default what it means for a webhook
 */
export const postJson = (
  http: PluginHttp,
  url: string,
  value: unknown,
  judge?: (response: HttpResponse) => Outcome,
): Promise<Outcome> =>
  outcomeOf(
    http.request(url, {
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(value),
    }),
    judge,
  );
