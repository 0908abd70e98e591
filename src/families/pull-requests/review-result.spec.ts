import { describe, expect, it } from 'vitest';
import { reviewResult } from './review-result.js';

describe('the result of a review', () => {
  it('is approved only when every reviewer approved', () => {
    expect(reviewResult(['approved'])).toBe('approved');
    expect(reviewResult(['approved', 'approved'])).toBe('approved');
    expect(reviewResult(['approved', null])).toBe('under_review');
    expect(reviewResult(['approved', 'not_reviewed'])).toBe('under_review');
  });

  it('is rejected as soon as one reviewer rejects', () => {
    expect(reviewResult(['approved', 'rejected', null])).toBe('rejected');
  });

  it('stays open without reviewers and without votes', () => {
    expect(reviewResult([])).toBe('under_review');
    expect(reviewResult([null, 'under_review'])).toBe('under_review');
  });
});
