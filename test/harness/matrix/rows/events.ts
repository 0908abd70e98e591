import { lacks } from '../oracle.js';
import { ALLOWED } from '../rehearsal.js';
import type { Rows } from './row.js';

/** Everybody may ask; what he gets is what he may see, which `test/e2e/events.test.ts` shows. */
export const EVENT_ROWS: Rows = {
  get_event_types: [
    { at: ['own'], args: () => ({}), outcomes: () => ({ none: ALLOWED, elsewhere: ALLOWED }) },
  ],
  get_event_type: [
    {
      at: ['own'],
      args: () => ({ event_type: 'repo.created' }),
      outcomes: () => ({ none: ALLOWED, elsewhere: ALLOWED }),
    },
  ],
  get_events: [
    {
      label: 'of everything',
      at: ['own'],
      args: () => ({ limit: 1 }),
      outcomes: () => ({ none: ALLOWED, elsewhere: ALLOWED }),
    },
    {
      label: 'of a repository',
      about: 'repo',
      args: ({ repo }) => ({ repoid: repo, limit: 1 }),
      outcomes: ({ repo }) => ({
        none: `repository \`${repo}\` does not exist`,
        read: ALLOWED,
        elsewhere: lacks('repo:own/project'),
      }),
    },
  ],
};
