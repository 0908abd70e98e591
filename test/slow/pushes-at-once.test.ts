import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { expectNamesToAgree } from '../harness/name-agreement.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';
import { hasHg, run } from '../harness/repositories.js';

const TYPES = ['git', ...(hasHg ? ['hg'] : [])] as ('git' | 'hg')[];
const ROUNDS = [1, 2, 3, 4];

let one: TestGateway;
/** A second process on the same database and disk. */
let two: TestGateway;
let client: Client;
let newEvents: () => Promise<RecordedEvent[]>;

beforeAll(async () => {
  one = await startTestGateway();
  two = await startTestGateway({}, one);
  client = new Client();
  newEvents = await followEvents(one);
});
afterAll(async () => {
  client.remove();
  await two.close();
  await one.close();
});

/** A repository, and a work tree with a commit that it does not have yet. @returns that commit */
async function prepare(type: 'git' | 'hg', name: string): Promise<string> {
  await one.call('create_repo', { repo_name: name, repo_type: type });
  await client.run(type, '.', ['clone', addressOf(one, name, 'admin', one.adminKey), name]);
  if (type === 'git') await client.git(name, 'checkout', '-q', '-B', 'main');
  const commit = await client.commit(type, name, 'a.txt', name);
  await newEvents();
  return commit;
}

const push = (type: 'git' | 'hg', name: string) => {
  const address = addressOf(one, name, 'admin', one.adminKey);
  return client.try(type, name, type === 'git' ? ['push', '-q', address, 'main'] : ['push', address]);
};

/** At another point of a push in every round. */
const laterIn = (round: number) => pause((round - 1) * 150);

const heads = (type: 'git' | 'hg', name: string) => {
  const directory = join(one.settings.repoRoot, name);
  return type === 'git'
    ? run('git', directory, 'for-each-ref', '--format=%(objectname)', 'refs/heads')
    : run('hg', directory, 'log', '-r', 'head()', '-T', '{node}');
};

const pushed = async (commit: string) =>
  (await newEvents()).filter(
    ({ type, data }) => type === 'repo.pushed' && JSON.stringify(data).includes(commit),
  );

describe.each(TYPES)('a push into a repository (%s)', (type) => {
  it.each(ROUNDS)('that is renamed meanwhile is whole and told of, or is not there (%i)', async (round) => {
    const name = `${type}-renamed-${round}`;
    const commit = await prepare(type, name);
    const rename = { repoid: name, name: `${name}-to` };
    const [{ code, stderr }, renamed] = await Promise.all([
      push(type, name),
      laterIn(round)
        .then(() => two.call('update_repo', rename))
        .catch((error: Error) => error.message),
    ]);
    const now = typeof renamed === 'object' ? rename.name : name;
    // The other process hears of the new name a moment later
    await expect.poll(() => one.call('get_repo', { repoid: now })).toMatchObject({ repo_name: now });
    const isThere = heads(type, now).includes(commit);
    if (code !== 0) expect(stderr).not.toMatch(/50\d/);
    // Who was told that it went well finds it; who was not may find it all the same, and an event then tells of it
    if (code === 0) expect(isThere).toBe(true);
    expect(await pushed(commit)).toHaveLength(isThere ? 1 : 0);
    await expectNamesToAgree(one);
  });

  it.each(ROUNDS)('that is deleted meanwhile brings nothing back (%i)', async (round) => {
    const name = `${type}-deleted-${round}`;
    await prepare(type, name);
    const [, deleted] = await Promise.all([
      push(type, name),
      laterIn(round)
        .then(() => two.call('delete_repo', { repoid: name }))
        .catch((error: Error) => error.message),
    ]);
    expect(existsSync(join(one.settings.repoRoot, name))).toBe(typeof deleted !== 'object');
    await expectNamesToAgree(one);
  });
});
