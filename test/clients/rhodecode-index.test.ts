import { expect, it } from 'vitest';
import { pythonJson, RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', website);

/** Runs every hour in a job of its own: the whole address is one variable, the token another. */
it('lists repositories and what is in them', async () => {
  const address = `${client.gateway.url}/_admin/api`;
  const call = async <Result>(method: string, args: object) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: pythonJson({ id: 1, auth_token: client.key, method, args }),
    });
    const { error, result } = (await response.json()) as { error: unknown; result: Result };
    expect(error).toBeNull();
    return result;
  };
  for (const { repo_name } of await call<{ repo_name: string }[]>('get_repos', {})) {
    const tree = await call('get_repo_fts_tree', { repoid: repo_name, commit_id: 'tip', root_path: '' });
    expect(JSON.stringify(tree)).toContain('README');
  }
});
