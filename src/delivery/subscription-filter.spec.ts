import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../sdk/index.js';
import { filterMismatch, filterProblem, type EventFilter } from './subscription-filter.js';

const event = (data: object): EventEnvelope =>
  ({
    type: 'repo.pushed',
    version: 1,
    timestamp: '2026-03-06T10:15:33.120Z',
    data: { event_id: 1, actor: { user_id: 2, username: 'ada' }, request_id: null, ...data },
  }) as EventEnvelope;
const commit = (files: object, truncated = false) => ({
  added: [],
  changed: [],
  removed: [],
  truncated,
  ...files,
});
const push = (branch: string, ...commits: object[]) =>
  event({ refs: [{ type: 'branch', name: branch, commits }] });
const pull = event({
  pull_request: { pull_request_id: 7, title: 'WIP: parse', other_ref_parts: ['branch', 'release/1', 'aa'] },
});

describe('a filter', () => {
  it.each<[EventFilter, EventEnvelope, boolean]>([
    [{ branches: ['main'] }, push('main'), true],
    [{ branches: ['main'] }, push('feature/x'), false],
    [{ branches: ['feature/**', '!feature/old*'] }, push('feature/x'), true],
    [{ branches: ['feature/**', '!feature/old*'] }, push('feature/old-x'), false],
    [{ branches: ['!main'] }, push('main'), false],
    [{ branches: ['release/*'] }, pull, true],
    [{ branches: ['main'] }, event({}), true],
    [{ paths: ['src/**/*.c'] }, push('main', commit({ changed: ['src/a/b.c'] })), true],
    [{ paths: ['src/**'] }, push('main', commit({ removed: ['docs/x.md'] })), false],
    [{ paths: ['src/**'] }, push('main', commit({ added: ['docs/x.md'] }, true)), true],
    [{ actors: ['ada', 'grace'] }, event({}), true],
    [{ actors: ['!ada'] }, event({}), false],
    [{ body: { 'data.pull_request.title': { $startsWith: 'WIP' } } }, pull, true],
    [{ body: { $not: { 'data.pull_request.title': { $startsWith: 'WIP' } } } }, pull, false],
    [{ body: { 'data.pull_request.pull_request_id': { $gte: 7, $lt: 8 } } }, pull, true],
    [{ body: { 'data.pull_request.pull_request_id': { $gt: '6' } } }, pull, false],
    [{ body: { $or: [{ type: { $in: ['x'] } }, { 'data.pull_request': { $exist: true } }] } }, pull, true],
    [{ body: { $and: [{ type: { $eq: 'repo.pushed' } }, { 'data.nothing': { $neq: null } }] } }, pull, true],
    [{ body: { 'data.constructor': { $exist: true } } }, pull, false],
    [{ branches: ['main'], actors: ['grace'] }, push('main'), false],
  ])('%j', (filter, given, matches) => {
    expect(filterProblem(filter as never)).toBeNull();
    expect(filterMismatch(filter, given) === null).toBe(matches);
  });

  it('says why an event is left out', () => {
    expect(filterMismatch({ branches: ['main'] }, push('x'))).toBe('no branch of x matches main');
    expect(filterMismatch({ body: { type: { $eq: 'x' } } }, pull)).toBe('type is not $eq "x"');
  });

  it.each([
    [{ branch: ['main'] }, /^filter\.branch is not known; there are branches, paths, actors, body$/],
    [{ branches: [] }, /filter.branches/],
    [{ body: {} }, /filter.body/],
    [{ body: { type: { $regex: '(a+)+' } } }, /^filter\.body\.type\.\$regex is not known; there are \$eq, /],
    [{ body: { $or: [] } }, /filter.body/],
    [{ body: { 'a b': { $eq: 1 } } }, /filter.body/],
  ])('refuses %j', (filter, words) => {
    expect(filterProblem(filter as never)).toMatch(words);
  });
});
