import { ACCOUNT_ROWS } from './accounts.js';
import { EVENT_ROWS } from './events.js';
import { GROUP_ROWS } from './groups.js';
import { PULL_REQUEST_ROWS } from './pull-requests.js';
import { REPOSITORY_ROWS } from './repositories.js';
import type { Rows } from './row.js';
import { WEBHOOK_ROWS } from './webhooks.js';

/** What handlers decide by themselves, by method. */
export const ROWS: Rows = {
  ...ACCOUNT_ROWS,
  ...EVENT_ROWS,
  ...GROUP_ROWS,
  ...REPOSITORY_ROWS,
  ...PULL_REQUEST_ROWS,
  ...WEBHOOK_ROWS,
};
