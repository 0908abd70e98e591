import { definePlugin, incomingWebhook, postJson } from 'forgegate/sdk';
import { teamsMessage } from './message.js';
import { outcomeOfTeams } from './outcome.js';

interface Settings {
  webhook_url: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('ms-teams', {
      summary: 'Posts what happened as an Adaptive Card, by a workflow of Microsoft Teams',
      ...incomingWebhook(),
      // Teams takes four messages a second, of all webhooks of a channel together
      limits: { ratePerMinute: 60, maxInFlight: 2 },
      deliver: ({ event, endpoint, http }) =>
        postJson(http, endpoint.config.webhook_url, teamsMessage(event), outcomeOfTeams),
    });
  },
});
