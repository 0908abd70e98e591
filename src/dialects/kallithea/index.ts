import type { PrintedMethods } from '../printed-method.js';
import { addresses } from './addresses.js';
import { groupRights } from './group-rights.js';
import { locks } from './locks.js';
import { pullRequests } from './pull-requests.js';
import { repos } from './repos.js';
import { addToAUserGroup, userGroups } from './user-groups.js';
import { users } from './users.js';

const common: PrintedMethods = { ...users, ...userGroups, ...addresses, ...groupRights };

export const kallithea2014: PrintedMethods = { ...common, ...locks, ...repos('with locking', true) };

/** What its excerpt does not print is taken from 2014. */
export const kallithea2016: PrintedMethods = { ...common, ...locks, ...repos('with locking', false) };

export const kallithea2019: PrintedMethods = {
  ...common,
  ...repos('without locking', false),
  ...pullRequests,
  add_user_to_user_group: addToAUserGroup,
};
