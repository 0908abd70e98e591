import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/families/repos/policies.js';
import { RepoPolicies, type ProposedRepo } from '../../src/families/repos/repo-policies.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents } from '../harness/recorded-events.js';

let gateway: TestGateway;
let remove = () => {};
let asked: string[];
beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.call('create_repo_group', { group_name: 'team' });
  for (const repo_name of ['plain', 'team/one', 'team/kept'])
    await gateway.call('create_repo', { repo_name, repo_type: 'git' });
  await gateway.call('fork_repo', { repoid: 'plain', fork_name: 'kept-fork' });
});
afterAll(() => gateway.close());
afterEach(() => remove());

/** Refuses what is done to names with `kept` in them, or what the test says. */
function under(policy: Partial<Policy<ProposedRepo>> = {}): void {
  asked = [];
  remove = gateway.app.get(RepoPolicies).add({
    name: 'double',
    deadlineMs: 5_000,
    whenItFails: 'refuse',
    check: ({ caller, action, repo_id, repo_name, repo_type }) => {
      asked.push(
        `${caller.principal.username} ${action} ${repo_name} ${repo_type}${repo_id === null ? '' : ' there'}`,
      );
      return Promise.resolve(repo_name.includes('kept') ? `not ${repo_name}` : null);
    },
    ...policy,
  });
}
const isThere = (name: string) => existsSync(join(gateway.settings.repoRoot, name));

describe('what may refuse a new repository', () => {
  it('is asked before anything is made, and its reason is told', async () => {
    under();
    const events = await followEvents(gateway);
    const failure = 'failed to create repository `kept`: not kept';
    expect(await gateway.refusal('create_repo', { repo_name: 'kept', repo_type: 'git' })).toBe(failure);
    expect(await gateway.refusal('fork_repo', { repoid: 'plain', fork_name: 'kept' })).toContain('not kept');
    expect(asked).toEqual(['admin create kept git', 'admin create kept git']);
    expect(isThere('kept')).toBe(false);
    expect(await events()).toEqual([]);
    await gateway.call('create_repo', { repo_name: 'made', repo_type: 'git' });
    expect(isThere('made')).toBe(true);
  });

  it('refuses when it fails or is late, or lets pass, as it declares', async () => {
    under({ check: () => new Promise(() => undefined), deadlineMs: 50 });
    const create = { repo_name: 'late', repo_type: 'git' };
    expect(await gateway.refusal('create_repo', create)).toContain('the policy double could not be asked');
    remove();
    under({ check: () => Promise.reject(new Error('it broke')), whenItFails: 'allow' });
    await gateway.call('create_repo', create);
    expect(isThere('late')).toBe(true);
  });
});

describe('what may refuse that a repository goes', () => {
  it('is asked for everything that goes with it: forks, and what lies in a group', async () => {
    under();
    const events = await followEvents(gateway);
    expect(await gateway.refusal('delete_repo', { repoid: 'kept-fork' })).toBe(
      'failed to delete repository `kept-fork`: not kept-fork',
    );
    expect(await gateway.refusal('delete_repo', { repoid: 'plain', forks: 'delete' })).toContain(
      'not kept-fork',
    );
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'team', recursive: true })).toContain(
      'not team/kept',
    );
    expect(asked).toContain('admin delete team/kept git there');
    for (const name of ['plain', 'kept-fork', 'team/one', 'team/kept']) expect(isThere(name)).toBe(true);
    expect(await events()).toEqual([]);
  });

  it('is asked again when the job comes to it, and then all of the group stays', async () => {
    let times = 0;
    const isAsked = (name: string) => name === 'team/kept' && (times += 1) > 1;
    under({ check: ({ repo_name }) => Promise.resolve(isAsked(repo_name) ? 'kept since' : null) });
    const events = await followEvents(gateway);
    const failure = await gateway.refusal('delete_repo_group', { repogroupid: 'team', recursive: true });
    expect(failure).toMatch(/^failed to delete repo group ID:\d+ team: kept since$/);
    for (const name of ['team/one', 'team/kept']) expect(isThere(name)).toBe(true);
    expect((await events()).map(({ type }) => type)).toEqual(['repo_group.failed']);
  });

  it('is not passed by with a repository that comes after it was asked', async () => {
    let times = 0;
    under({
      check: async ({ action, repo_name }) => {
        if (action !== 'delete' || repo_name !== 'team/kept') return null;
        times += 1;
        if (times === 2) await gateway.call('create_repo', { repo_name: 'team/kept-new', repo_type: 'git' });
        return null;
      },
    });
    const failure = await gateway.refusal('delete_repo_group', { repogroupid: 'team', recursive: true });
    expect(failure).toMatch(/^failed to delete repo group ID:\d+ team$/);
    for (const name of ['team/one', 'team/kept', 'team/kept-new']) expect(isThere(name)).toBe(true);
  });

  it('lets go what it does not mind', async () => {
    under();
    await gateway.call('delete_repo', { repoid: 'plain', forks: 'detach' });
    expect(asked).toEqual(['admin delete plain git there']);
    expect(isThere('plain')).toBe(false);
  });
});
