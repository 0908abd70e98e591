import { pullRequestCreated } from 'forgegate/sdk';
import { deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin, { type Rule } from './index.js';

const { event, signal } = deliverContext({ contract: pullRequestCreated });
const rule = (changes: Partial<Rule>): Rule => ({
  repositories: ['*'],
  paths: ['*'],
  reviewers: ['linus'],
  ...changes,
});

/** The author is ada and grace reviews already. @returns who was added; null when nobody was asked for */
async function added(rules: Rule[], ...files: (string | [string, string])[]) {
  const { handler, calls } = await setUpPlugin(plugin, {
    config: { rules },
    answer: () => ({
      files: files.map((file) =>
        typeof file === 'string'
          ? { f_path: file, old_f_path: null }
          : { f_path: file[1], old_f_path: file[0] },
      ),
    }),
  });
  await handler()(event, { id: 'msg_1', attempt: 1, signal });
  return calls.find(({ name }) => name === 'edit_reviewers')?.args['add'] ?? null;
}

describe('auto-reviewers', () => {
  it('adds whom the touched paths call for, each once', async () => {
    const rules = [
      rule({ paths: ['docs/*'], reviewers: ['linus', 'eve'] }),
      rule({ paths: ['*.sql'], reviewers: ['eve', 'bob'] }),
      rule({ paths: ['web/*'], reviewers: ['zoe'] }),
    ];
    expect(await added(rules, 'docs/a/b.md', 'db/x.sql')).toEqual(['linus', 'eve', 'bob']);
  });

  it('sees where a file came from', async () => {
    expect(await added([rule({ paths: ['secure/*'] })], ['secure/key.ts', 'open/key.ts'])).toEqual(['linus']);
  });

  it('adds neither the author nor who is there', async () => {
    expect(await added([rule({ reviewers: ['ada', 'grace'] })], 'x')).toBeNull();
  });

  it('asks nothing where no rule holds', async () => {
    expect(await added([rule({ repositories: ['other/*'] })], 'x')).toBeNull();
    expect(await added([], 'x')).toBeNull();
  });
});
