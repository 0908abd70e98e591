import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import type { ArrivedCommit, RefChange } from '../../vcs/ref-changes.js';
import type { RepoRecord } from './repo-record.js';

/** A push or merge of which nothing is stored yet. */
export interface ProposedChange {
  readonly caller: Caller;
  readonly repo: RepoRecord;
  readonly source: 'push' | 'merge';
  readonly changes: readonly RefChange[];
  /** What one of the changes would bring: the newest `limit` commits, oldest first. They are seen by nobody else. */
  commits(change: RefChange, limit: number): Promise<ArrivedCommit[]>;
}

/** Something that may refuse what people push or merge. */
export interface PushPolicy {
  /** As logs and refusals show it. */
  readonly name: string;
  /** How long it may think. */
  readonly deadlineMs: number;
  /** What becomes of a push when it fails or thinks too long. */
  readonly whenItFails: 'refuse' | 'allow';
  /**
   * @param signal aborts at the deadline
   * @returns the reason that the client shall see, or null to let it pass
   */
  check(change: ProposedChange, signal: AbortSignal): Promise<string | null>;
}

/** Asks everybody who may refuse a push or a merge. */
@Injectable()
export class PushPolicies {
  private readonly log = new Logger('PushPolicies');
  private readonly policies = new Set<PushPolicy>();

  /** @returns takes it away again */
  add(policy: PushPolicy): () => void {
    this.policies.add(policy);
    return () => this.policies.delete(policy);
  }

  /** The reasons of all who refuse, in the order in which they were added; null when nobody does. */
  async verdict(change: ProposedChange): Promise<string | null> {
    const verdicts = await Promise.all([...this.policies].map((policy) => this.ask(policy, change)));
    const reasons = verdicts.filter((reason) => reason !== null);
    return reasons.length === 0 ? null : reasons.join('; ');
  }

  private async ask(policy: PushPolicy, change: ProposedChange): Promise<string | null> {
    const controller = new AbortController();
    const late = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    const timer = setTimeout(
      () => controller.abort(new Error(`no answer within ${policy.deadlineMs} ms`)),
      policy.deadlineMs,
    );
    try {
      return await Promise.race([policy.check(change, controller.signal), late]);
    } catch (error) {
      this.log.warn(
        `policy ${policy.name}: ${(error as Error).message}; it is to ${policy.whenItFails} then`,
      );
      return policy.whenItFails === 'allow'
        ? null
        : `the policy ${policy.name} could not be asked, try again later`;
    } finally {
      clearTimeout(timer);
    }
  }
}
