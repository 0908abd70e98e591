import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pushes } from '../../src/families/repos/pushes.service.js';
import { ReposDirectory } from '../../src/families/repos/repos.directory.js';
import type { Caller } from '../../src/rpc/call.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { pushInto } from '../harness/pushing.js';
import { WorkTree } from '../harness/repositories.js';

let gateway: TestGateway;
let caller: Caller;
beforeAll(async () => {
  gateway = await startTestGateway();
  const ada = await gateway.createUser('ada');
  caller = {
    principal: {
      userId: ada.user_id,
      username: 'ada',
      admin: false,
      apiKeyId: null,
      scopes: null,
      dialect: null,
    },
    requestId: 'req_push',
    ip: '127.0.0.1',
    signal: new AbortController().signal,
  };
});
afterAll(() => gateway.close());

async function repository(name: string, type: 'git' | 'hg') {
  await gateway.call('create_repo', { repo_name: name, repo_type: type });
  const directory = join(gateway.settings.repoRoot, name);
  const tree = WorkTree.clone(type, directory);
  const push = async (...args: string[]) => {
    const repo = await gateway.app.get(ReposDirectory).byName(name);
    if (!repo) throw new Error('it is not there');
    const receiving = await gateway.app.get(Pushes).begin(caller, repo);
    return pushInto(receiving, type, tree.directory, directory, ...args);
  };
  return { name, directory, tree, push };
}

describe('a push', () => {
  it('shows in the repository as soon as it has ended', async () => {
    const { name, tree, push } = await repository('plain', 'git');
    const id = tree.commit('a.txt', 'a', 'First');
    expect((await push('main')).code).toBe(0);
    const repo = await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', { repoid: name });
    expect(repo.last_changeset.raw_id).toBe(id);
    tree.remove();
  });
});
