import { describe, expect, it } from 'vitest';
import * as events from '../events/index.js';
import type { EventContract } from '../events/index.js';
import { deliverContext } from '../testing/index.js';
import { eventNotice } from './index.js';

const contracts = (Object.values(events) as unknown[]).filter(
  (value): value is EventContract => typeof value === 'object' && value !== null && 'example' in value,
);
const noticeOf = (contract: EventContract, change: object = {}) =>
  eventNotice(
    deliverContext({ contract: { ...contract, example: { ...(contract.example as object), ...change } } })
      .event,
  );

describe('eventNotice', () => {
  it.each(contracts)('has a sentence of its own for $type', (contract) => {
    const { title, fields, text } = noticeOf(contract);
    expect(title).toMatch(/^ada [a-z]/);
    expect(title).not.toContain(contract.type);
    expect(JSON.stringify({ title, fields, text })).not.toMatch(/undefined|null|\[object/);
  });

  it.each([
    [
      events.pullRequestCreated,
      {
        title: 'ada opened pull request #7 of tools/parser: Read numbers with exponents',
        text: 'Closes the gap with the grammar.',
        url: 'https://code.example.com/tools/parser/pull-request/7',
        fields: [
          { name: 'From', value: 'exponents' },
          { name: 'Into', value: 'main' },
          { name: 'Reviewers', value: 'grace' },
        ],
        tone: 'neutral',
      },
    ],
    [
      events.repoPushed,
      {
        title: 'ada pushed one commit to branch main of tools/parser',
        text: '7e1c0d5b2f9a Refuse trailing commas',
        url: 'https://code.example.com/tools/parser/changeset/7e1c0d5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d',
        fields: [],
        tone: 'neutral',
      },
    ],
    [
      events.repoFailed,
      {
        title: 'ada wanted to pull tools/parser; it failed',
        text: 'Unable to pull changes from `tools/parser`: the source cannot be reached',
        url: null,
        fields: [],
        tone: 'bad',
      },
    ],
    [
      events.pullRequestCommented,
      {
        title: 'ada commented on pull request #7 of tools/parser: Read numbers with exponents',
        text: 'Does this accept `1e+`?',
        url: 'https://code.example.com/tools/parser/pull-request/7',
        fields: [{ name: 'File', value: 'src/number.c, line 88' }],
        tone: 'neutral',
      },
    ],
  ] as [EventContract, object][])('tells who did what, with what people wrote: %o', (contract, expected) => {
    expect(noticeOf(contract)).toEqual(expected);
  });

  it('keeps every part to one line or to lines, and short, without cutting a character in two', () => {
    const pullRequest = events.pullRequestCreated.example.pull_request;
    const { title, text } = noticeOf(events.pullRequestCreated, {
      pull_request: {
        ...pullRequest,
        title: `Subject\r\nBcc: all@example.com\u2028${'🚀'.repeat(400)}`,
        description: `one\r\ntwo\u0000${'é'.repeat(3_000)}`,
      },
    });
    expect(title).toMatch(/: Subject Bcc: all@example\.com 🚀+…$/u);
    expect(Array.from(title)).toHaveLength(300);
    expect(text).toMatch(/^one\ntwoé+…$/u);
    expect(Array.from(text)).toHaveLength(2_000);
  });

  it('tells types of plugins by their names', () => {
    const contract = { ...events.repoCreated, type: 'deployer.went_live' };
    expect(noticeOf(contract as EventContract).title).toBe('ada deployer.went_live');
    expect(noticeOf({ ...contract, type: 'constructor' } as EventContract).title).toBe('ada constructor');
  });
});
