import { describe, expect, it } from 'vitest';
import * as sdk from '../sdk/index.js';
import { EVENT_CONTRACTS, eventContract, eventTypeMatches, matchesAnyEvent } from './catalogue.js';
import { contractViolation } from './event-validator.js';

describe('event catalogue', () => {
  it.each(EVENT_CONTRACTS.map((contract) => [contract.type, contract] as const))(
    '%s has an example that keeps its own contract',
    (_type, contract) => {
      expect(contractViolation(contract, contract.example)).toBeNull();
      expect(contract.version).toBeGreaterThanOrEqual(1);
      expect(contract.summary).not.toBe('');
    },
  );

  it('lists every contract that the SDK exports', () => {
    const exported = Object.values(sdk).filter(
      (value) => typeof value === 'object' && value !== null && 'schema' in value && 'example' in value,
    );
    expect(new Set(EVENT_CONTRACTS)).toEqual(new Set(exported));
  });

  it('finds a contract by type', () => {
    expect(eventContract('repo.deleted')).toBe(sdk.repoDeleted);
    expect(eventContract('repo.eaten')).toBeUndefined();
  });
});

describe('contractViolation', () => {
  const { repository, repo } = sdk.repoDeleted.example;

  it('names the member that is wrong', () => {
    expect(contractViolation(sdk.repoDeleted, { repository, repo: { ...repo, owner: 7 } })).toBe(
      '/repo/owner must be string',
    );
  });

  it('refuses what is not JSON', () => {
    const created = new Date() as unknown as string;
    expect(
      contractViolation(sdk.repoDeleted, { repository, repo: { ...repo, created_on: created } }),
    ).toMatch(/created_on must be string/);
  });

  it('refuses a member that the contract does not name, at any depth', () => {
    const leaking = { ...repo, last_changeset: { ...repo.last_changeset, path: '/srv/repos' } };
    expect(contractViolation(sdk.repoDeleted, { repository, repo: leaking })).toMatch(/additional.*\(path\)/);
  });

  it('accepts extra fields of a repository', () => {
    expect(contractViolation(sdk.repoDeleted, { repository, repo: { ...repo, ex_team: 'core' } })).toBeNull();
  });

  it('refuses a local time', () => {
    expect(
      contractViolation(sdk.repoDeleted, {
        repository,
        repo: { ...repo, created_on: '2026-01-01T00:00:00' },
      }),
    ).toMatch(/created_on/);
  });
});

describe('eventTypeMatches', () => {
  it.each([
    ['*', 'repo.created', true],
    ['repo.*', 'repo.created', true],
    ['repo.*', 'repo_group.created', false],
    ['pull_request.*', 'pull_request.closed', true],
    ['pull_request.*', 'pullXrequest.closed', false],
    ['*.created', 'pull_request.created', true],
    ['repo.created', 'repo.created', true],
    ['repo.created', 'repoXcreated', false],
    ['repo.fetched', 'repo.fetched', true],
    ['repo.*', 'repo.fetched', false],
    ['*', 'repo.fetched', false],
  ])('%s against %s: %s', (pattern, type, expected) => {
    expect(eventTypeMatches(pattern, type)).toBe(expected);
  });

  it('tells a pattern that nothing can match', () => {
    expect(matchesAnyEvent('pull_request.*')).toBe(true);
    expect(matchesAnyEvent('pullrequest.*')).toBe(false);
  });
});
