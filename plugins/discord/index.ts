import { definePlugin, incomingWebhook, postJson } from 'forgegate/sdk';
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
      ...incomingWebhook({
        thread_id: {
          type: 'string',
          pattern: '^[0-9]{1,20}$',
          description: 'the number of a thread, as Copy Thread ID shows it',
        },
        username: { type: 'string', minLength: 1, maxLength: 80 },
      }),
      // Discord takes five in two seconds of one webhook
      limits: { ratePerMinute: 120, maxInFlight: 1 },
      deliver({ event, endpoint, http }) {
        const { webhook_url, thread_id, username } = endpoint.config;
        const url = new URL(webhook_url);
        // Without it Discord answers before the message is in the channel
        url.searchParams.set('wait', 'true');
        if (thread_id !== undefined) url.searchParams.set('thread_id', thread_id);
        const message = { ...(username && { username }), ...discordMessage(event) };
        return postJson(http, url.href, message, outcomeOfDiscord);
      },
    });
  },
});
