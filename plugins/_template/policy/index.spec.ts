import type { PolicyQuestion, PolicyRef } from 'forgegate/sdk';
import { setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const id = 'a'.repeat(40);
const push = (ref: Partial<PolicyRef>): PolicyQuestion => ({
  action: 'push',
  caller: { user_id: 2, username: 'ada', admin: false },
  repository: { repo_id: 1, repo_name: 'r', repo_type: 'git', url: '', clone_url: '' },
  refs: [{ kind: 'branch', name: 'main', old: id, new: id, forced: false, ...ref }],
});

describe('the policy', () => {
  it.each([
    ['an ordinary push', {}, { allow: true }],
    ['a forced push elsewhere', { name: 'topic', forced: true }, { allow: true }],
    [
      'a forced push',
      { forced: true },
      { allow: false, reason: 'branch main is protected and cannot be force-pushed' },
    ],
    ['a deletion', { new: null }, { allow: false, reason: 'branch main is protected and cannot be deleted' }],
  ])('judges %s', async (_what, ref, verdict) => {
    const { policy } = await setUpPlugin(plugin, { config: { protected: ['main'] } });
    expect(await policy().decide(push(ref), new AbortController().signal)).toEqual(verdict);
  });
});
