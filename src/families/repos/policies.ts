import { Logger } from '@nestjs/common';

/** Something that may refuse what people are about to do. */
export interface Policy<Proposal> {
  /** As logs and refusals show it. */
  readonly name: string;
  /** How long it may think. */
  readonly deadlineMs: number;
  /** What becomes of it when the policy fails or thinks too long. */
  readonly whenItFails: 'refuse' | 'allow';
  /**
   * @param signal aborts at the deadline
   * @returns the reason that the client shall see, or null to let it pass
   */
  check(proposal: Proposal, signal: AbortSignal): Promise<string | null>;
}

/** Asks everybody who may refuse something of one kind. */
export abstract class Policies<Proposal> {
  private readonly log = new Logger('Policies');
  private readonly policies = new Set<Policy<Proposal>>();

  /** @returns takes it away again */
  add(policy: Policy<Proposal>): () => void {
    this.policies.add(policy);
    return () => this.policies.delete(policy);
  }

  /** The reasons of all who refuse, in the order in which they were added; null when nobody does. */
  async verdict(proposal: Proposal): Promise<string | null> {
    if (this.policies.size === 0) return null;
    const verdicts = await Promise.all([...this.policies].map((policy) => this.ask(policy, proposal)));
    const reasons = verdicts.filter((reason) => reason !== null);
    return reasons.length === 0 ? null : reasons.join('; ');
  }

  private async ask(policy: Policy<Proposal>, proposal: Proposal): Promise<string | null> {
    const controller = new AbortController();
    const late = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    const timer = setTimeout(
      () => controller.abort(new Error(`no answer within ${policy.deadlineMs} ms`)),
      policy.deadlineMs,
    );
    try {
      return await Promise.race([policy.check(proposal, controller.signal), late]);
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
