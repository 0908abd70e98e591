import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

interface Document {
  servers: { url: string }[];
  methods: { name: string }[];
  components: { schemas: object };
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  // Every plugin of the tree that has methods
  await gateway.call('enable_plugin', { plugin_id: 'repo-stats' });
});
afterAll(() => gateway?.close());

async function discover(params: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/_admin/rpc`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'rpc.discover', params }),
  });
  return (await response.json()) as { result: Document; error?: { code: number; message: string } };
}

async function namesFor(key: string): Promise<string[]> {
  const { result } = await discover({ mine: true }, { authorization: `Bearer ${key}` });
  return result.methods.map(({ name }) => name);
}

describe('rpc.discover', () => {
  it('answers everybody the document that is in the repository', async () => {
    const { result } = await discover();
    const written = JSON.parse(
      readFileSync(new URL('../../docs/openrpc.json', import.meta.url), 'utf8'),
    ) as Document;
    expect(result.servers).toEqual([{ name: 'gateway', url: 'http://gateway.test/_admin/rpc' }]);
    expect({ ...result, servers: [] }).toEqual({ ...written, servers: [] });
  });

  it('leaves out on request what the caller could not call', async () => {
    const { key } = await gateway.createUser('stranger');
    const all = (await discover()).result.methods.map(({ name }) => name);
    expect(await namesFor(gateway.adminKey)).toEqual(all);
    const own = await namesFor(key);
    expect(own).toEqual(expect.arrayContaining(['create_gist', 'get_user', 'get_repos']));
    expect(own).not.toContain('create_user');
    expect(own).not.toContain('update_repo');
    await gateway.call('create_repo', { repo_name: 'his', repo_type: 'git' }, key);
    expect(await namesFor(key)).toContain('update_repo');
  });

  it('keeps to the scopes of the key', async () => {
    const { api_key: key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['get_re*'],
    });
    const names = await namesFor(key);
    expect(names).toEqual(expect.arrayContaining(['get_repo', 'get_repo_groups', 'get_repos']));
    expect(names.filter((name) => !name.startsWith('get_re'))).toEqual([]);
  });

  it('holds no shapes that no method in it answers', async () => {
    const { api_key: key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['get_gists'],
    });
    const { result } = await discover({ mine: true }, { authorization: `Bearer ${key}` });
    expect(Object.keys(result.components.schemas)).toEqual(['Gist']);
  });

  it('refuses what is asked of nobody', async () => {
    expect((await discover({ mine: true })).error?.code).toBe(1001);
  });
});
