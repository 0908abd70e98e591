import type { WebhookSummary } from '../events/index.js';
import { field, type WordsOf } from './words.js';

const called = ({ webhook_id, adapter, description }: WebhookSummary): string =>
  `webhook ${webhook_id} (${description === '' ? adapter : `${adapter}, ${description}`})`;

export const webhookWords: WordsOf<'webhook'> = {
  'webhook.ping': ({ webhook }) => ({
    did: `tries ${called(webhook)}`,
    fields: field('Event types', webhook.event_types.join(', ')),
  }),
  'webhook.warned': ({ webhook, failing_since, failures, disable_at, percent }) => ({
    did: `warns: ${called(webhook)} keeps failing and will be disabled`,
    fields: [
      ...field('Failing since', failing_since),
      ...field('Failed attempts', failures),
      ...field('On the way to it', `${percent} %`),
      ...field('Not before', disable_at),
    ],
    tone: 'bad',
  }),
  'webhook.disabled': ({ webhook, cause, reason }) => ({
    did: `disabled ${called(webhook)}`,
    said: `${reason}\nIts deliveries are held; update_webhook {active: true, held: ...} says what becomes of them.`,
    fields: field('Cause', cause === 'gone' ? 'the receiver is gone' : 'nothing was delivered for days'),
    tone: 'bad',
  }),
  'webhook.recovered': ({ webhook }) => ({ did: `sees ${called(webhook)} work again`, tone: 'good' }),
  'webhook.exhausted': ({ webhook, delivery }) => ({
    did: `gave up a delivery of ${called(webhook)}`,
    said: delivery.reason ?? '',
    fields: [
      ...field('Event', `${delivery.event_type} ${delivery.event_id}`),
      ...field('Delivery', delivery.delivery_id),
      ...field('Attempts', delivery.attempts),
      ...field('Code', delivery.code),
    ],
    tone: 'bad',
  }),
};
