import { ALLOWED } from '../rehearsal.js';
import type { Outcomes, Row, Rows } from './row.js';

const NOT_YOURSELF = 'userid is not the same as your user';
const WIDER = 'A key with scopes can only make keys with some of the same scopes';

/** Of a user: himself and super admins. */
const oneself = (elsewhere = ALLOWED, none = NOT_YOURSELF): Outcomes => ({
  none,
  author: ALLOWED,
  superAdmin: ALLOWED,
  elsewhere,
});
const same = (outcome: string): Outcomes => ({ none: outcome, elsewhere: outcome });
const everybody = same(ALLOWED);

/** What keys for the method hear that ask for a key without scopes. */
const limitedKeys = (strangers = WIDER) => ({
  'key for the method': WIDER,
  'key for the method on another repository': WIDER,
  "stranger's key for the method": strangers,
});

const ofUser = (more: object = {}): Row => ({
  args: ({ author }) => ({ ...more, userid: author }),
  outcomes: () => oneself(),
});
const ofOneself = (more: object = {}): Row => ({
  label: 'oneself',
  at: ['own'],
  args: () => more,
  outcomes: () => everybody,
});
const ofGist = (more: object = {}): Row => ({
  args: ({ gist }) => ({ gistid: gist, ...more }),
  outcomes: ({ gist }) => oneself(ALLOWED, `gist \`${gist}\` does not exist`),
});
const missingKey = (id: number) => `API key \`${id}\` does not exist`;

/** Accounts, keys and gists: no right on a repository or group matters here. */
export const ACCOUNT_ROWS: Rows = {
  get_user: [ofUser(), ofOneself()],
  get_user_permissions: [ofUser(), ofOneself()],
  add_user_email: [ofUser({ email: 'new@example.com' }), ofOneself({ email: 'new@example.com' })],
  delete_user_email: [
    {
      args: ({ place, author }) => ({ email: `${place}@example.org`, userid: author }),
      outcomes: () => oneself(),
    },
    {
      ...ofOneself({ email: 'nobodys@example.com' }),
      outcomes: () => same('email `nobodys@example.com` does not exist'),
    },
  ],

  // without scopes the new key would do more than the caller's
  create_api_key: [
    { ...ofUser(), outcomes: () => ({ ...oneself(WIDER), but: limitedKeys(NOT_YOURSELF) }) },
    { ...ofOneself(), outcomes: () => ({ ...same(ALLOWED), but: limitedKeys() }) },
  ],
  get_api_keys: [ofUser(), ofOneself()],
  rotate_api_key: [
    {
      args: ({ apiKey }) => ({ api_key_id: apiKey }),
      outcomes: ({ apiKey }) => ({
        ...oneself(WIDER, missingKey(apiKey)),
        but: limitedKeys(missingKey(apiKey)),
      }),
    },
  ],
  delete_api_key: [
    {
      args: ({ apiKey }) => ({ api_key_id: apiKey }),
      outcomes: ({ apiKey }) => oneself(ALLOWED, missingKey(apiKey)),
    },
  ],

  get_gist: [
    ofGist(),
    { label: 'public', args: ({ publicGist }) => ({ gistid: publicGist }), outcomes: () => everybody },
  ],
  get_gists: [
    ofUser(),
    ofOneself(),
    { ...ofUser({ gist_type: 'public' }), label: 'public', outcomes: () => everybody },
  ],
  create_gist: [
    ofOneself({ files: { 'a.txt': { content: 'a' } } }),
    {
      label: 'in the name of another',
      args: ({ author }) => ({ files: { 'a.txt': { content: 'a' } }, owner: author }),
      outcomes: () => oneself(ALLOWED, 'Only Kallithea admin can specify `owner` param'),
    },
  ],
  update_gist: [ofGist({ description: 'new' })],
  delete_gist: [ofGist()],
};
