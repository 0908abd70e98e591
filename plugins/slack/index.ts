import { definePlugin, outcomeOf, urlProblem } from 'forgegate/sdk';
import { slackMessage } from './message.js';
import { outcomeOfSlack } from './outcome.js';

interface Settings {
  webhook_url: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('slack', {
      summary: 'Posts what happened to a channel, by an incoming webhook of Slack',
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['webhook_url'],
        properties: { webhook_url: { type: 'string', minLength: 1, maxLength: 2048, 'x-secret': true } },
      },
      // What Slack takes on average of one webhook
      limits: { ratePerMinute: 60, maxInFlight: 1 },
      check: ({ config }) => urlProblem('webhook_url', config.webhook_url),
      deliver({ event, endpoint, http }) {
        const headers = { 'content-type': 'application/json; charset=utf-8' };
        const body = JSON.stringify(slackMessage(event));
        return outcomeOf(http.request(endpoint.config.webhook_url, { headers, body }), outcomeOfSlack);
      },
    });
  },
});
