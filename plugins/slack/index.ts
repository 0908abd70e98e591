import { definePlugin, incomingWebhook, postJson } from 'forgegate/sdk';
import { slackMessage } from './message.js';
import { outcomeOfSlack } from './outcome.js';

interface Settings {
  webhook_url: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('slack', {
      summary: 'Posts what happened to a channel, by an incoming webhook of Slack',
      ...incomingWebhook(),
      // What Slack takes on average of one webhook
      limits: { ratePerMinute: 60, maxInFlight: 1 },
      deliver: ({ event, endpoint, http }) =>
        postJson(http, endpoint.config.webhook_url, slackMessage(event), outcomeOfSlack),
    });
  },
});
