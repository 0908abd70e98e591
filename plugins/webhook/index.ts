import { definePlugin, outcomeOfFailure, outcomeOfResponse } from 'forgegate/sdk';
import { signatureHeader } from './signature.js';

/** Signed HTTP deliveries by Standard Webhooks 1.0.0. */
export default definePlugin({
  setup(ctx) {
    const userAgent = `Forgegate/${ctx.gatewayVersion}`;

    ctx.adapter('webhook', {
      summary: 'POSTs the event as JSON, signed by Standard Webhooks v1',
      url: 'required',
      signed: true,
      async deliver({ delivery, endpoint, attempt, http }) {
        const { id, body } = delivery;
        const timestamp = Math.floor(attempt.startedAt.getTime() / 1000);
        const headers = {
          ...delivery.trail,
          'content-type': 'application/json',
          'user-agent': userAgent,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatureHeader(endpoint.secrets, id, timestamp, body),
        };
        try {
          return outcomeOfResponse(await http.request(endpoint.url, { method: 'POST', headers, body }));
        } catch (error) {
          return outcomeOfFailure(error);
        }
      },
    });
  },
});
