import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const find = (pattern?: unknown) => gateway.call<unknown[]>('get_method', { pattern });

describe('get_method', () => {
  it('lists names that a pattern fits, older ones among them', async () => {
    const all = await find();
    expect(all).toContain('get_repo');
    expect(all).toContain('show_ip');
    expect(all).toEqual((all as string[]).toSorted((one, other) => (one < other ? -1 : 1)));
    expect(await find('get_repo_group*')).toEqual(['get_repo_group', 'get_repo_groups']);
    expect(await find('*_repo_*refs')).toEqual(['get_repo_refs', { repoid: '<Required:integer|string>' }]);
    expect(await find(['get_ip', '*_server_info'])).toEqual(['get_ip', 'get_server_info']);
    expect(await find('get_ip*get_ip')).toEqual([]);
    expect(await find('(')).toEqual([]);
  });

  it('shows the arguments of the only one', async () => {
    expect(await find('get_repos')).toEqual([
      'get_repos',
      expect.objectContaining({ traverse: '<Optional:true>', name: '<Optional:null>' }),
    ]);
  });

  it('is not kept busy by a pattern with many stars', async () => {
    expect(await find('*a'.repeat(5_000))).toEqual([]);
  });
});
