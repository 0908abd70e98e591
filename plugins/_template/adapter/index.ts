import { definePlugin, outcomeOf } from 'forgegate/sdk';

/** Settings of one webhook, as `create_webhook {config}` takes them. */
interface Settings {
  token: string;
}

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('template-adapter', {
      summary: 'Posts what happened as a line of text',
      url: 'required',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['token'],
        properties: { token: { type: 'string', minLength: 1, 'x-secret': true } },
      },
      deliver({ event, delivery, endpoint, http }) {
        const headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${endpoint.config.token}`,
          'idempotency-key': delivery.id,
        };
        const body = JSON.stringify({ text: `${event.data.actor.username}: ${event.type}` });
        return outcomeOf(http.request(endpoint.url, { method: 'POST', headers, body }));
      },
    });
  },
});
