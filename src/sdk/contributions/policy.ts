import type { RepositoryRef } from '../events/contract.js';
import type { MethodCaller } from './method.js';

/** What a policy can be asked about. */
export type PolicyAction = 'push' | 'merge' | 'create' | 'delete';

/** One ref that a push changes; `null`: it did not exist before, or will not afterwards. Ids are 40 hex digits. */
export interface PolicyRef {
  readonly kind: 'branch' | 'tag' | 'bookmark' | 'other';
  readonly name: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly forced: boolean;
}

/** A commit that a push brings. */
export interface PolicyCommit {
  readonly raw_id: string;
  readonly message: string;
  readonly author: string;
}

/** What is asked: `refs` and `commits` with a push, `pull_request` with a merge. */
export interface PolicyQuestion {
  readonly action: PolicyAction;
  readonly caller: MethodCaller;
  /** `repo_id` is null before it is made. */
  readonly repository: Omit<RepositoryRef, 'repo_id'> & { readonly repo_id: number | null };
  readonly refs?: readonly PolicyRef[];
  /** At most 1,000, the oldest first; `commits_total` says how many there are. */
  readonly commits?: readonly PolicyCommit[];
  readonly commits_total?: number;
  readonly pull_request?: {
    readonly pull_request_id: number;
    readonly title: string;
    readonly owner: string;
  };
}

export type PolicyVerdict = { readonly allow: true } | { readonly allow: false; readonly reason: string };

export const allow = (): PolicyVerdict => ({ allow: true });
/** @param reason one or more lines that the client shows to the person who is refused */
export const refuse = (reason: string): PolicyVerdict => ({ allow: false, reason });

export interface PolicyDeclaration {
  /** Names the policy; needed when a plugin has several. Kebab-case. Default: the plugin's id. */
  readonly name?: string;
  readonly actions: readonly PolicyAction[];
  /** What happens when the policy throws or is late: `closed` refuses, `open` lets pass. There is no default, on purpose. */
  readonly onFailure: 'open' | 'closed';
  /** Milliseconds within which it must answer; default 5,000, at most 30,000. */
  readonly deadlineMs?: number;
}

export type PolicyDecider = (
  question: PolicyQuestion,
  signal: AbortSignal,
) => Promise<PolicyVerdict> | PolicyVerdict;
