import { printed, type PrintedMethods } from '../printed-method.js';
import { gists } from './gists.js';
import { repoGroups, userGroups } from './groups.js';
import { repos } from './repos.js';
import { users } from './users.js';

/** The version whose behaviour is answered. */
const RHODECODE_VERSION = '4.27.0';

/** RhodeCode 4: methods that it shares with Kallithea in its own shapes. */
export const rhodecode4: PrintedMethods = {
  ...gists,
  ...repoGroups,
  ...repos,
  ...userGroups,
  ...users,
  get_server_info: printed<object>((info) => ({ ...info, rhodecode_version: RHODECODE_VERSION })),
};

/** Today's answer in the words of the method that RhodeCode has instead. */
export const commentCommit = printed<{ msg: string }>(({ msg, ...more }) => ({
  msg: msg.replace('Commented on changeset', 'Commented on commit'),
  ...more,
}));
