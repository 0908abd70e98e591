import { lacks } from '../oracle.js';
import { ALLOWED } from '../rehearsal.js';
import type { Row, Rows, Scene } from './row.js';

const DENIED = 'Access was denied to this resource.';
const LIMITED = 'This API key is limited to some repositories and groups';
const NEW = { url: 'http://127.0.0.1:9/', event_types: ['repo.created'] };

/** Where one may have webhooks: on a repository and on a group their admins, on everything super admins. */
const places = (more: object = {}): readonly Row[] => [
  {
    label: 'on a repository',
    about: 'repo',
    args: ({ repo }) => ({ repoid: repo, ...more }),
    outcomes: ({ repo }) => ({
      none: `repository \`${repo}\` does not exist`,
      admin: ALLOWED,
      elsewhere: lacks('repo:own/project'),
    }),
  },
  {
    label: 'on a group',
    about: 'repoGroup',
    args: ({ group }) => ({ repogroupid: group, ...more }),
    outcomes: ({ group }) => ({
      none: `repository group \`${group}\` does not exist`,
      admin: ALLOWED,
      elsewhere: lacks('group:own'),
    }),
  },
  {
    label: 'on everything',
    at: ['own'],
    args: () => more,
    outcomes: () => ({ none: DENIED, superAdmin: ALLOWED, elsewhere: LIMITED }),
  },
];

const admins = (args: (scene: Scene) => object, missing: (scene: Scene) => string): Row => ({
  about: 'repo',
  args,
  outcomes: (scene) => ({ none: missing(scene), admin: ALLOWED, elsewhere: missing(scene) }),
});
const ofWebhook = (more: object = {}) =>
  admins(
    ({ webhook }) => ({ webhook_id: webhook, ...more }),
    ({ webhook }) => `webhook \`${webhook}\` does not exist`,
  );
const ofDelivery = admins(
  ({ delivery }) => ({ delivery_id: delivery }),
  ({ delivery }) => `delivery \`${delivery}\` does not exist`,
);

export const WEBHOOK_ROWS: Rows = {
  create_webhook: places(NEW),
  get_webhooks: places(),
  get_webhook: [ofWebhook()],
  update_webhook: [ofWebhook({ description: 'new' })],
  delete_webhook: [ofWebhook()],
  ping_webhook: [ofWebhook()],
  rotate_webhook_secret: [ofWebhook()],
  get_webhook_keys: [ofWebhook()],
  simulate_event: [ofWebhook({ event_type: 'repo.locked' })],
  test_webhook_filter: places({ filter: { branches: ['main'] } }),
  get_deliveries: [...places(), { ...ofWebhook(), label: 'of a webhook' }],
  recover_deliveries: [...places({ wait: false }), { ...ofWebhook({ wait: false }), label: 'of a webhook' }],
  get_delivery: [ofDelivery],
  redeliver: [ofDelivery],
};
