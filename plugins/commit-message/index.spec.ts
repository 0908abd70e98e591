import type { PolicyQuestion } from 'forgegate/sdk';
import { setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin, { type Settings } from './index.js';

const id = (digit: string) => digit.repeat(40);
const push = (...messages: string[]): PolicyQuestion => ({
  action: 'push',
  caller: { user_id: 2, username: 'ada', admin: false },
  repository: { repo_id: 1, repo_name: 'tools/parser', repo_type: 'git', url: '', clone_url: '' },
  commits: messages.map((message, index) => ({ raw_id: id(String(index)), message, author: 'Ada' })),
});
const config = (changes: Partial<Settings> = {}): Settings => ({
  pattern: '^(feat|fix)(\\(\\w+\\))?: \\S',
  hint: 'See CONTRIBUTING.md',
  repositories: ['*'],
  ...changes,
});

async function judge(question: PolicyQuestion, settings: Settings) {
  const { policy } = await setUpPlugin(plugin, { id: 'commit-message', config: settings });
  return policy().decide(question, new AbortController().signal);
}

describe('commit-message', () => {
  it('lets pass what keeps to the pattern, whatever stands below the first line', async () => {
    const question = push('feat(parser): Read numbers', 'fix: Close files\n\nwhatever');
    expect(await judge(question, config())).toEqual({ allow: true });
  });

  it('names the commits that do not, and the hint', async () => {
    expect(await judge(push('feat: One', 'wip'), config())).toEqual({
      allow: false,
      reason: 'commit messages do not keep to the rule:\n  111111111111 wip\nSee CONTRIBUTING.md',
    });
  });

  it('shows five of many', async () => {
    const verdict = await judge(push(...Array.from({ length: 9 }, () => 'wip')), config({ hint: '' }));
    expect((verdict as { reason: string }).reason.split('\n')).toHaveLength(7);
    expect((verdict as { reason: string }).reason).toMatch(/and 4 more$/);
  });

  it('holds for the named repositories only, and for none without a pattern', async () => {
    const allowed = { allow: true };
    expect(await judge(push('wip'), config({ repositories: ['docs/*'] }))).toEqual(allowed);
    expect(await judge(push('wip'), config({ pattern: '' }))).toEqual(allowed);
    expect(await judge(push('wip'), config({ repositories: ['tools/*'] }))).not.toEqual(allowed);
  });

  it('does not start with a pattern that is none', async () => {
    await expect(judge(push(), config({ pattern: '(' }))).rejects.toThrow(/regular expression/i);
  });
});
