import type { EventContract, EventEnvelope } from './contract.js';
import type * as changesetEvents from './changeset.events.js';
import type * as gistEvents from './gist.events.js';
import type * as permissionEvents from './permission.events.js';
import type * as pushEvents from './push.events.js';
import type * as pullRequestEvents from './pull-request.events.js';
import type * as repoGroupEvents from './repo-group.events.js';
import type * as repoEvents from './repo.events.js';
import type * as userGroupEvents from './user-group.events.js';
import type * as userEvents from './user.events.js';
import type * as webhookEvents from './webhook.events.js';

export * from './contract.js';
export * from './repo.events.js';
export * from './push.events.js';
export * from './repo-group.events.js';
export * from './permission.events.js';
export * from './user.events.js';
export * from './user-group.events.js';
export * from './pull-request.events.js';
export * from './changeset.events.js';
export * from './gist.events.js';
export * from './webhook.events.js';
export type {
  ChangesetSummary,
  CommentShape,
  CommentSummary,
  PullRequestShape,
  RepoShape,
  StatusShape,
  UtcTime,
} from './shapes.js';

type Contracts = typeof repoGroupEvents &
  typeof permissionEvents &
  typeof userEvents &
  typeof userGroupEvents &
  typeof repoEvents &
  typeof pushEvents &
  typeof pullRequestEvents &
  typeof changesetEvents &
  typeof gistEvents &
  typeof webhookEvents;

/** Event type -> the envelope that subscribers receive. */
export type EventMap = {
  [
    Name in keyof Contracts as Contracts[Name] extends EventContract<infer Type, infer _> ? Type : never
  ]: Contracts[Name] extends EventContract<infer Type, infer Data> ? EventEnvelope<Type, Data> : never;
};
