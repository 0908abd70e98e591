import { defineEvent } from './contract.js';
import { object } from './shapes.js';

export interface WebhookPing {
  webhook: {
    webhook_id: number;
    adapter: string;
    event_types: string[];
    repo_id: number | null;
    repo_group_id: number | null;
    description: string;
  };
}

const orNull = (type: string) => ({ anyOf: [{ type }, { type: 'null' }] });

export const webhookPing = defineEvent<'webhook.ping', WebhookPing>({
  type: 'webhook.ping',
  version: 1,
  summary: 'A test of one subscription, sent to it alone whatever its event types are',
  schema: object({
    webhook: object({
      webhook_id: { type: 'integer', minimum: 1 },
      adapter: { type: 'string' },
      event_types: { type: 'array', items: { type: 'string' } },
      repo_id: orNull('integer'),
      repo_group_id: orNull('integer'),
      description: { type: 'string' },
    }),
  }),
  example: {
    webhook: {
      webhook_id: 3,
      adapter: 'webhook',
      event_types: ['repo.*', 'pull_request.commented'],
      repo_id: 42,
      repo_group_id: null,
      description: 'Build server',
    },
  },
});
