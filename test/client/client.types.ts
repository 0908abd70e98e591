import { expectTypeOf } from 'vitest';
import type { ForgegateClient, RepoDetails, RpcError, User } from 'forgegate/client';

/** Never run: `npm run check:types` reads it, and each `@ts-expect-error` fails when there is no error. */
export async function types(client: ForgegateClient): Promise<void> {
  const repo = await client.call('get_repo', { repoid: 'website' });
  expectTypeOf(repo).toEqualTypeOf<RepoDetails>();
  expectTypeOf(repo.landing_rev).toEqualTypeOf<[string, string]>();
  expectTypeOf(repo.repo_type).toEqualTypeOf<'git' | 'hg'>();
  expectTypeOf(repo.branches).toEqualTypeOf<Record<string, string> | undefined>();
  expectTypeOf(repo.ex_team).toEqualTypeOf<string | undefined>();
  expectTypeOf((await client.call('get_users'))[0]).toEqualTypeOf<User | undefined>();
  expectTypeOf(
    await client.call('comment_pullrequest', { pull_request_id: 1, comment_msg: 'hm' }),
  ).toEqualTypeOf<true>();
  // @ts-expect-error `repoid` is missing
  await client.call('get_repo');
  // @ts-expect-error no argument of that name
  await client.call('get_repo', { repoid: 'website', colour: 'red' });
  // @ts-expect-error not one of the types
  await client.call('create_repo', { repo_name: 'a', repo_type: 'svn' });
  // @ts-expect-error no method of that name
  await client.call('get_weather', {});
  await client.call('get_users', {}, { timeoutMs: 1000, signal: new AbortController().signal });

  const [one, two] = await client.batch([['get_repo', { repoid: 1 }], ['get_users']]);
  expectTypeOf(one).toEqualTypeOf<PromiseSettledResult<RepoDetails>>();
  expectTypeOf(two).toEqualTypeOf<PromiseSettledResult<User[]>>();
  // @ts-expect-error not an argument of that method
  await client.batch([['get_repo', { userid: 1 }]]);
  expectTypeOf(await client.request('plugin_method', { anything: 1 })).toEqualTypeOf<unknown>();
  expectTypeOf<RpcError['code']>().toEqualTypeOf<number>();
}
