import { definePlugin, outcomeOf, urlProblem } from 'forgegate/sdk';
import { teamsMessage } from './message.js';
import { outcomeOfTeams } from './outcome.js';

interface Settings {
  webhook_url: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('ms-teams', {
      summary: 'Posts what happened as an Adaptive Card, by a workflow of Microsoft Teams',
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['webhook_url'],
        properties: { webhook_url: { type: 'string', minLength: 1, maxLength: 2048, 'x-secret': true } },
      },
      // Teams takes four messages a second, of all webhooks of a channel together
      limits: { ratePerMinute: 60, maxInFlight: 2 },
      check: ({ config }) => urlProblem('webhook_url', config.webhook_url),
      deliver({ event, endpoint, http }) {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify(teamsMessage(event));
        return outcomeOf(http.request(endpoint.config.webhook_url, { headers, body }), outcomeOfTeams);
      },
    });
  },
});
