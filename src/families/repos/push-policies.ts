import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import type { ArrivedCommit, RefChange } from '../../vcs/ref-changes.js';
import { Policies, type Policy } from './policies.js';
import type { RepoRecord } from './repo-record.js';

/** As `pull_request_id` and title stand in every shape of a pull request. */
export interface PullRequestRef {
  readonly pull_request_id: number;
  readonly title: string;
  readonly owner: string;
}

/** A push or merge of which nothing is stored yet. */
export interface ProposedChange {
  readonly caller: Caller;
  readonly repo: RepoRecord;
  readonly source: 'push' | 'merge';
  readonly changes: readonly RefChange[];
  /** What one of the changes would bring: the newest `limit` commits, oldest first. They are seen by nobody else. */
  commits(change: RefChange, limit: number): Promise<ArrivedCommit[]>;
  /** How many commits one of the changes would bring, and whether it goes on from where its ref is. */
  extent(change: RefChange): Promise<{ count: number; isForward: boolean }>;
  /** What is merged. */
  readonly pullRequest?: PullRequestRef;
}

/** Something that may refuse what people push or merge. */
export type PushPolicy = Policy<ProposedChange>;

/** Asks everybody who may refuse a push or a merge. */
@Injectable()
export class PushPolicies extends Policies<ProposedChange> {}
