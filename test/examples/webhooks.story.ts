import { WebhookReceiver } from '../harness/webhook-receiver.js';
import type { Stage, Story } from './stage.js';

const KEYS = { key_id: '6a1f0c2be94d7785' };
const RESPONSE = { date: 'Thu, 05 Mar 2026 16:40:02 GMT' };

export const webhooksStory: Story = async (stage) => {
  const receiver = await WebhookReceiver.start();
  try {
    stage.standIns.replace(receiver.url, 'https://ci.example.com/hook');
    await tell(stage, receiver);
  } finally {
    await receiver.close();
  }
};

async function tell(stage: Stage, receiver: WebhookReceiver): Promise<void> {
  await stage.users('ada', 'grace');
  await stage.repository('website', 'ada');

  const { webhook_id } = await stage.shows(
    'create_webhook',
    { url: receiver.url, event_types: ['repo.*', 'pull_request.*'], repoid: 'website', description: 'Build' },
    { as: 'ada' },
  );
  await stage.refuses('create_webhook', { url: receiver.url, event_types: ['repo.*'] }, { as: 'ada' });
  await stage.refuses(
    'create_webhook',
    { url: 'ftp://ci.example.com', event_types: ['repo.*'], repoid: 'website' },
    { as: 'ada' },
  );

  await stage.shows('get_webhook', { webhook_id }, { as: 'ada' });
  await stage.refuses('get_webhook', { webhook_id }, { as: 'grace' });
  await stage.shows('get_webhooks', { repoid: 'website' }, { as: 'ada' });
  await stage.refuses('get_webhooks', {}, { as: 'ada' });
  await stage.shows('update_webhook', { webhook_id, event_types: ['repo.updated'] }, { as: 'ada' });
  await stage.refuses('update_webhook', { webhook_id, event_types: ['nothing.known'] }, { as: 'ada' });

  await stage.shows('rotate_webhook_secret', { webhook_id, overlap: 3600 }, { as: 'ada', standIns: KEYS });
  await stage.refuses('rotate_webhook_secret', { webhook_id: 99 }, { as: 'ada' });
  await stage.shows('get_webhook_keys', { webhook_id }, { as: 'ada', standIns: KEYS });
  await stage.refuses('get_webhook_keys', { webhook_id: 99 }, { as: 'ada' });

  await stage.given('update_repo', { repoid: 'website', description: 'Our face' }, 'ada');
  const delivery_id = await deliveredOne(stage);
  await stage.shows('get_deliveries', { webhook_id, state: 'delivered' }, { as: 'ada' });
  await stage.refuses('get_deliveries', { since: 'yesterday' });
  await stage.shows('get_delivery', { delivery_id }, { as: 'ada', standIns: RESPONSE });
  await stage.refuses('get_delivery', { delivery_id }, { as: 'grace' });
  await stage.shows('redeliver', { delivery_id }, { as: 'ada' });
  await stage.refuses('redeliver', { delivery_id: 99 }, { as: 'ada' });
  await receiver.has(2);

  await stage.shows(
    'test_webhook_filter',
    { repoid: 'website', filter: { actors: ['!ada'] } },
    { as: 'ada' },
  );
  await stage.refuses(
    'test_webhook_filter',
    { repoid: 'website', filter: { branch: 'main' } },
    { as: 'ada' },
  );
  await stage.shows('simulate_event', { webhook_id, event_type: 'pull_request.merged' }, { as: 'ada' });
  await stage.refuses('simulate_event', { webhook_id, event_type: 'repo.eaten' }, { as: 'ada' });
  await receiver.has(3);

  await stage.shows('recover_deliveries', { webhook_id, state: ['failed'] }, { as: 'ada' });
  await stage.refuses('recover_deliveries', { webhook_id, state: ['pending'] }, { as: 'ada' });

  await stage.shows('ping_webhook', { webhook_id }, { as: 'ada' });
  await stage.refuses('ping_webhook', { webhook_id: 99 }, { as: 'ada' });
  await stage.shows('delete_webhook', { webhook_id }, { as: 'ada' });
  await stage.refuses('delete_webhook', { webhook_id }, { as: 'ada' });
}

/** The result of an attempt is written after the receiver has answered. */
async function deliveredOne(stage: Stage): Promise<number> {
  for (;;) {
    const { deliveries } = await stage.given<{ deliveries: { delivery_id: number }[] }>('get_deliveries', {
      state: 'delivered',
    });
    const [first] = deliveries;
    if (first) return first.delivery_id;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
