import type { ReviewStatus } from './pull-request-record.js';

/**
 * What the reviewers think together: any rejection rejects, approved is what all of them approved, everything else is
 * under review. @param votes of the present reviewers on the newest revision; null for who has not voted
 */
export function reviewResult(
  votes: readonly (ReviewStatus | null)[],
): 'under_review' | 'approved' | 'rejected' {
  if (votes.includes('rejected')) return 'rejected';
  return votes.length > 0 && votes.every((vote) => vote === 'approved') ? 'approved' : 'under_review';
}
