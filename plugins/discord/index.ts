import { definePlugin, outcomeOf, urlProblem } from 'forgegate/sdk';
import { discordMessage } from './message.js';
import { outcomeOfDiscord } from './outcome.js';

interface Settings {
  webhook_url: string;
  thread_id?: string;
  username?: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('discord', {
      summary: 'Posts what happened to a channel, by a webhook of Discord',
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['webhook_url'],
        properties: {
          webhook_url: { type: 'string', minLength: 1, maxLength: 2048, 'x-secret': true },
          thread_id: {
            type: 'string',
            pattern: '^[0-9]{1,20}$',
            description: 'the number of a thread, as Copy Thread ID shows it',
          },
          username: { type: 'string', minLength: 1, maxLength: 80 },
        },
      },
      // Discord takes five in two seconds of one webhook
      limits: { ratePerMinute: 120, maxInFlight: 1 },
      check: ({ config }) => urlProblem('webhook_url', config.webhook_url),
      deliver({ event, endpoint, http }) {
        const { webhook_url, thread_id, username } = endpoint.config;
        const url = new URL(webhook_url);
        // Without it Discord answers before the message is in the channel
        url.searchParams.set('wait', 'true');
        if (thread_id !== undefined) url.searchParams.set('thread_id', thread_id);
        const body = JSON.stringify({ ...(username && { username }), ...discordMessage(event) });
        const headers = { 'content-type': 'application/json' };
        return outcomeOf(http.request(url.href, { headers, body }), outcomeOfDiscord);
      },
    });
  },
});
