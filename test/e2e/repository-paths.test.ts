import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { RepositoryPaths } from '../../src/serving/repository-paths.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let paths: RepositoryPaths;
let toolId: number;
beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_PUBLIC_URL: 'http://gateway.test/code' });
  paths = gateway.app.get(RepositoryPaths);
  await gateway.call('create_repo_group', { group_name: 'a' });
  await gateway.call('create_repo_group', { group_name: 'raw', parent: 'a' });
  for (const repo_name of ['a/raw/b', 'a/tool', 'top'])
    await gateway.call('create_repo', { repo_name, repo_type: 'git' });
  toolId = (await gateway.call<{ repo_id: number }>('get_repo', { repoid: 'a/tool' })).repo_id;
});
afterAll(() => gateway.close());

async function resolve(url: string) {
  const parts = paths.parts(url);
  if (parts === null) return 'not a path';
  const found = await paths.resolve(parts);
  return found && [found.repo.repo_name, ...found.rest];
}

describe('the path of a repository', () => {
  it.each([
    ['/top', ['top']],
    ['/top/raw/tip/a%20b/c', ['top', 'raw', 'tip', 'a b', 'c']],
    ['/a/raw/b', ['a/raw/b']],
    ['/a/raw/b/raw/x/y?z=/a/tool', ['a/raw/b', 'raw', 'x', 'y']],
    ['/a/tool.git/info/refs', ['a/tool', 'info', 'refs']],
    ['//a//tool/', ['a/tool']],
    ['/code/a/tool/feed/atom', ['a/tool', 'feed', 'atom']],
    ['http://gateway.test/code/a/tool', ['a/tool']],
    ['/a/tool/feature%2Fx', ['a/tool', 'feature/x']],
    ['/a', null],
    ['/a/raw', null],
    ['/codea/tool', null],
    ['/a/too', null],
    ['/', null],
    ['/_999999', null],
    ['/_99999999999', null],
    ['/a/%zz', 'not a path'],
    ['/a/tool/%00', 'not a path'],
  ])('%s', async (url, expected) => {
    expect(await resolve(url)).toEqual(expected);
  });

  it('may give the id in place of the name', async () => {
    expect(await resolve(`/_${toolId}/raw/tip/x`)).toEqual(['a/tool', 'raw', 'tip', 'x']);
  });

  it('costs one query at most, whatever its length, and none once the name is known', async () => {
    const queries = vi.spyOn(gateway.app.get(Database), 'prepared');
    await resolve(`/unknown/${'x/'.repeat(500)}`);
    expect(queries).toHaveBeenCalledTimes(1);
    await resolve('/a/tool');
    queries.mockClear();
    await resolve(`/a/tool/${'x/'.repeat(500)}`);
    expect(queries).not.toHaveBeenCalled();
    queries.mockRestore();
  });

  it('follows a new name at once', async () => {
    await gateway.call('update_repo', { repoid: 'top', name: 'renamed' });
    expect(await resolve('/top/raw')).toBeNull();
    expect(await resolve('/renamed/raw')).toEqual(['renamed', 'raw']);
  });
});
