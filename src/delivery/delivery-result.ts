import type { FinishedAttempt } from './attempt-runner.js';
import type { ClaimedDelivery } from './claimed-delivery.js';
import type { Verdict } from './retry-policy.js';

/** An attempt that has ended, and what is to be written down of it. */
export interface DeliveryResult {
  readonly row: ClaimedDelivery;
  readonly claimId: string;
  readonly attempt: FinishedAttempt;
  readonly verdict: Verdict;
}
