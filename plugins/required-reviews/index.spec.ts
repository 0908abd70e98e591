import type { Json, PolicyQuestion } from 'forgegate/sdk';
import { setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin, { type Reviewed, type Settings } from './index.js';

const question: PolicyQuestion = {
  action: 'merge',
  caller: { user_id: 2, username: 'ada', admin: false },
  repository: { repo_id: 1, repo_name: 'tools/parser', repo_type: 'git', url: '', clone_url: '' },
  pull_request: { pull_request_id: 7, title: 'Read numbers', owner: 'ada' },
};
let minute = 10;
const vote = (reviewer: string, status: string): Reviewed['statuses'][number] => ({
  reviewer,
  status,
  modified_at: `2026-03-05T16:${(minute += 1)}:00`,
});

async function judge(votes: Reviewed['statuses'], settings: Partial<Settings> = {}) {
  const { policy, calls } = await setUpPlugin(plugin, {
    config: { approvals: 2, repositories: ['*'], author_counts: false, ...settings },
    answer: () => ({ owner: 'ada', statuses: votes }) as unknown as Json,
  });
  return { verdict: await policy().decide(question, new AbortController().signal), calls };
}

describe('required-reviews', () => {
  it('lets a pull request pass that enough others approved', async () => {
    const { verdict } = await judge([vote('grace', 'approved'), vote('linus', 'approved')]);
    expect(verdict).toEqual({ allow: true });
  });

  it('says how many are missing, and does not count the author', async () => {
    const { verdict } = await judge([vote('grace', 'approved'), vote('ada', 'approved')]);
    expect(verdict).toEqual({ allow: false, reason: 'it needs 2 approvals and has 1' });
    const counted = await judge([vote('grace', 'approved'), vote('ada', 'approved')], {
      author_counts: true,
    });
    expect(counted.verdict).toEqual({ allow: true });
  });

  it('counts the newest vote of each', async () => {
    const votes = [vote('grace', 'approved'), vote('grace', 'approved'), vote('grace', 'rejected')];
    expect((await judge(votes, { approvals: 1 })).verdict).toEqual({
      allow: false,
      reason: 'it needs 1 approval and has 0',
    });
  });

  it('asks nothing where it does not hold', async () => {
    for (const settings of [{ approvals: 0 }, { repositories: ['docs/*'] }]) {
      const { verdict, calls } = await judge([], settings);
      expect([verdict, calls]).toEqual([{ allow: true }, []]);
    }
  });
});
