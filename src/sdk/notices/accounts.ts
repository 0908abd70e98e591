import type { PermissionObject, PermissionSubject } from '../events/index.js';
import { changed, field, type WordsOf } from './words.js';

const OBJECTS = {
  repo: 'repository ',
  repo_group: 'repository group ',
  user_group: 'user group ',
  global: '',
};

const thing = ({ type, name }: PermissionObject): string => `${OBJECTS[type]}${name ?? 'the gateway'}`;
const holder = ({ type, name }: PermissionSubject): string => (type === 'user' ? name : `user group ${name}`);

export const permissionWords: WordsOf<'permission'> = {
  'permission.granted': ({ object, subject, permission, previous, repository }) => ({
    did: `gave ${holder(subject)} ${permission} on ${thing(object)}`,
    fields: field('Before', previous.permission),
    ...(repository && { url: repository.url }),
  }),
  'permission.revoked': ({ object, subject, permission, repository }) => ({
    did: `took ${permission} on ${thing(object)} from ${holder(subject)}`,
    ...(repository && { url: repository.url }),
  }),
};

export const userWords: WordsOf<'user'> = {
  'user.created': ({ user }) => ({ did: `created the account ${user.username}` }),
  'user.updated': ({ user, changed: names }) => ({
    did: `changed the account ${user.username}`,
    fields: field('Changed', names.join(', ')),
  }),
  'user.deleted': ({ user }) => ({ did: `deleted the account ${user.username}`, tone: 'bad' }),
};

export const userGroupWords: WordsOf<'user_group'> = {
  'user_group.created': ({ user_group }) => ({
    did: `created user group ${user_group.group_name}`,
    said: user_group.group_description ?? '',
  }),
  'user_group.updated': ({ user_group, previous }) => ({
    did: `changed user group ${user_group.group_name}`,
    fields: changed(previous),
  }),
  'user_group.deleted': ({ user_group }) => ({
    did: `deleted user group ${user_group.group_name}`,
    tone: 'bad',
  }),
  'user_group.member_added': ({ user_group, user }) => ({
    did: `added ${user.username} to user group ${user_group.group_name}`,
  }),
  'user_group.member_removed': ({ user_group, user }) => ({
    did: `removed ${user.username} from user group ${user_group.group_name}`,
  }),
};
