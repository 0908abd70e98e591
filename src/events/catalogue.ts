import * as sdk from '../sdk/index.js';
import { globMatcher, type EventContract } from '../sdk/index.js';

export type AnyContract = EventContract<string, unknown>;

/** Every event that the gateway emits, in the order in which documentation lists them. */
export const EVENT_CONTRACTS: readonly AnyContract[] = [
  sdk.repoCreated,
  sdk.repoUpdated,
  sdk.repoDeleted,
  sdk.repoPulled,
  sdk.repoFetched,
  sdk.repoForked,
  sdk.repoFailed,
  sdk.repoLocked,
  sdk.repoUnlocked,
  sdk.repoPushed,
  sdk.branchCreated,
  sdk.branchDeleted,
  sdk.tagCreated,
  sdk.tagDeleted,
  sdk.bookmarkCreated,
  sdk.bookmarkDeleted,
  sdk.repoGroupCreated,
  sdk.repoGroupUpdated,
  sdk.repoGroupDeleted,
  sdk.repoGroupFailed,
  sdk.userCreated,
  sdk.userUpdated,
  sdk.userDeleted,
  sdk.userGroupCreated,
  sdk.userGroupUpdated,
  sdk.userGroupDeleted,
  sdk.userGroupMemberAdded,
  sdk.userGroupMemberRemoved,
  sdk.permissionGranted,
  sdk.permissionRevoked,
  sdk.pullRequestCreated,
  sdk.pullRequestUpdated,
  sdk.pullRequestCommented,
  sdk.pullRequestCommentUpdated,
  sdk.pullRequestCommentDeleted,
  sdk.pullRequestStatusChanged,
  sdk.pullRequestReviewersChanged,
  sdk.pullRequestMerged,
  sdk.pullRequestClosed,
  sdk.pullRequestReopened,
  sdk.pullRequestDeleted,
  sdk.changesetCommented,
  sdk.changesetStatusChanged,
  sdk.gistCreated,
  sdk.gistUpdated,
  sdk.gistDeleted,
  sdk.webhookPing,
  sdk.webhookWarned,
  sdk.webhookDisabled,
  sdk.webhookRecovered,
  sdk.webhookExhausted,
];

const byType = new Map(EVENT_CONTRACTS.map((contract) => [contract.type, contract]));

/** Event types of plugins, each as often as it was added: a process may run several gateways. */
const added: AnyContract[] = [];

/** Adds an event type at run time. @returns how to take it away */
export function addEventContract(contract: AnyContract): () => void {
  added.push(contract);
  return () => {
    const at = added.indexOf(contract);
    if (at >= 0) added.splice(at, 1);
  };
}

/** The gateway's own and those of plugins. */
export const allEventContracts = (): readonly AnyContract[] => [...EVENT_CONTRACTS, ...added];

export function eventContract(type: string): AnyContract | undefined {
  return byType.get(type) ?? added.find((contract) => contract.type === type);
}

/** Those that only their own name finds. */
export const OPT_IN_TYPES: readonly string[] = EVENT_CONTRACTS.filter(({ optIn }) => optIn).map(
  ({ type }) => type,
);

/** Whether a subscription's pattern (`repo.created`, `repo.*`, `*`) can ever match an event. */
export function matchesAnyEvent(pattern: string): boolean {
  return allEventContracts().some(({ type }) => eventTypeMatches(pattern, type));
}

/** `*` stands for any run of characters, dots included, but for no event that is opted into. The relay applies the same rule in SQL. */
export function eventTypeMatches(pattern: string, type: string): boolean {
  if (OPT_IN_TYPES.includes(type)) return pattern === type;
  return globMatcher([pattern])(type);
}
