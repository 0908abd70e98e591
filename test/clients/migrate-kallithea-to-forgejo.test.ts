import { expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, async (gateway) => {
  await website(gateway);
  await gateway.call('create_repo', { repo_name: 'secret', repo_type: 'git', private: true });
});

const call = <Result>(method: string, args: object | null = null) =>
  client.send<Result>({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ id: '', api_key: client.key, method, args }),
    isChunked: true,
  });

interface Repo {
  repo_name: string;
  private: boolean;
  description: string;
  members: { type: string; name: string; permission: string }[];
}

/** What the tool reads of each repository before it clones `<host>/<repo_name>`. */
it('finds out what is private by the rights of `default`', async () => {
  expect((await call<{ admin: boolean }>('get_user')).json.result.admin).toBe(true);
  const listed = await call<Repo[]>('get_repos');
  const details = await Promise.all(
    listed.json.result.map(async ({ repo_name }) => {
      const { json } = await call<Repo>('get_repo', { repoid: repo_name });
      const everybody = json.result.members.find(({ type, name }) => type === 'user' && name === 'default');
      return [repo_name, json.result.private, json.result.description, everybody?.permission];
    }),
  );
  expect(details).toEqual([
    ['secret', true, 'secret', 'repository.none'],
    ['website', false, 'Página', 'repository.read'],
  ]);
});

it('clones by name and password', async () => {
  await client.gateway.call('update_user', { userid: 'admin', password: 'correct horse' });
  const git = new Client();
  try {
    const address = addressOf(client.gateway, 'website', 'admin', 'correct horse');
    await git.git('.', 'clone', '-q', '--mirror', address, 'copy.git');
    expect(await git.git('copy.git', 'log', '--format=%s', 'main')).toBe('Say hello');
  } finally {
    git.remove();
  }
});
