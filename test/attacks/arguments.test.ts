import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeclaredMethod } from '../../src/reference/declared-methods.js';
import { gatewayMethods } from '../../src/reference/index.js';
import type { JsonSchema } from '../../src/sdk/index.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { ordinaryArguments, typesOf } from './ordinary-arguments.js';
import { Target } from './target.js';

const INTERNAL_ERROR = -32603;

let target: Target;
/** A value for each argument that names something which is there. */
let known: Record<string, unknown>;
beforeAll(async () => {
  target = await Target.start();
  known = await inhabited(target);
});
afterAll(() => target.close());

/** By number, because some attacks rename what they name. */
async function inhabited({ gateway }: Target): Promise<Record<string, unknown>> {
  const { user_id } = await gateway.createUser('victim');
  await gateway.call('create_user_group', { group_name: 'people' });
  await gateway.call('create_repo_group', { group_name: 'group' });
  await gateway.call('update_settings', { repository_fields: true });
  const [{ users_group_id }, { group_id }, { gist }] = [
    await gateway.call<{ users_group_id: number }>('get_user_group', { usergroupid: 'people' }),
    await gateway.call<{ group_id: number }>('get_repo_group', { repogroupid: 'group' }),
    await gateway.call<{ gist: { access_id: string } }>('create_gist', { files: { a: { content: 'a' } } }),
  ];
  return {
    ...Object.fromEntries(['userid', 'owner', 'author', 'reviewer'].map((name) => [name, user_id])),
    ...Object.fromEntries(['usergroupid', 'sourceusergroupid'].map((name) => [name, users_group_id])),
    ...Object.fromEntries(['repogroupid', 'parent', 'group'].map((name) => [name, group_id])),
    gistid: gist.access_id,
    event_type: 'repo.pushed',
    event_types: ['repo.pushed'],
    files: { a: { content: 'a' } },
    url: 'http://127.0.0.1:9/',
    email: 'someone@example.com',
    ip_addr: '10.0.0.0/8',
    perm: 'repository.read',
    root_path: '/',
    file_path: 'a.txt',
    landing_rev: 'branch:main',
    message: 'hm',
    comment_msg: 'hm',
  };
}

/** A repository, what is in it, and a pull request. */
async function repositoryNames(type: 'git' | 'hg'): Promise<Record<string, unknown>> {
  const { gateway } = target;
  const { repo_id, ids } = await target.repository(`victim-${type}`, type);
  const refs = {
    source_ref: 'branch:feature',
    target_ref: `branch:${type === 'git' ? 'main' : 'default'}`,
  };
  const repos = { source_repo: repo_id, target_repo: repo_id };
  const { pull_request_id } = await gateway.call('create_pull_request', { ...repos, ...refs });
  const { comment_id } = await gateway.call('comment_pull_request', {
    pullrequestid: pull_request_id,
    message: 'hm',
  });
  return {
    ...repos,
    ...refs,
    ...Object.fromEntries(['repoid', 'event_repoid', 'fork_of'].map((name) => [name, repo_id])),
    ...Object.fromEntries(['raw_id', 'revision', 'commit_id', 'start_rev'].map((name) => [name, ids[0]])),
    ...Object.fromEntries(
      ['pullrequestid', 'pull_request_id', 'pullrequest_id'].map((name) => [name, pull_request_id]),
    ),
    comment_id,
  };
}

/** What the attacker's text looks like where this argument is expected. */
function disguised(name: string, schema: JsonSchema, text: string): unknown[] {
  const types = typesOf(schema);
  if (types.includes('array')) return [[text]];
  if (types.includes('object')) return [{ [text]: { content: text } }, { [text]: text }];
  if (!types.includes('string')) return [];
  if (!/_ref$|^landing_rev$/.test(name)) return [text];
  return [text, ...['branch', 'tag', 'book', 'rev'].map((kind) => `${kind}:${text}`)];
}

interface Attack {
  readonly argument: string;
  readonly args: Record<string, unknown>;
}

/** Each argument that takes a text, attacked with every value while the others are in order. */
function attacksOn({ args }: DeclaredMethod, names: Record<string, unknown>): Attack[] {
  const ordinary = ordinaryArguments(args, names);
  return args.flatMap(({ name, schema }) =>
    target.values
      .flatMap((text) => disguised(name, schema, text))
      .map((value) => ({ argument: name, args: { ...ordinary, [name]: value } })),
  );
}

async function tryAll(method: DeclaredMethod, names: Record<string, unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const { argument, args } of attacksOn(method, names)) {
    const answer = await target.gateway.rpc(method.name, args);
    const { error } = answer as { error?: { code: number; message: string } };
    const told = `${argument}: ${JSON.stringify(args[argument])} -> ${error?.code} ${error?.message}`;
    if (error && (error.code === INTERNAL_ERROR || target.leaks(JSON.stringify(error)))) found.push(told);
  }
  return [...found, ...target.damage()];
}

const METHODS = gatewayMethods().filter(({ args }) =>
  args.some(({ schema }) =>
    typesOf(schema).some((type) => ['string', 'array', 'object'].includes(String(type))),
  ),
);
const ABOUT_REPOSITORIES = /^(repoid|source_repo)$/;

describe.each(REPO_TYPES)('the texts that users give, on a repository of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    let names: Record<string, unknown>;
    beforeAll(async () => {
      names = { ...known, ...(await repositoryNames(type)) };
    });
    const methods = METHODS.filter(
      ({ args }) => type === 'git' || args.some(({ name }) => ABOUT_REPOSITORIES.test(name)),
    );

    it.each(methods.map((method) => [method.name, method] as const))(
      'reach no program as options through %s, and write nothing',
      async (_name, method) => {
        expect(await tryAll(method, names)).toEqual([]);
      },
    );

    it('left the repository as it was', async () => {
      const { result } = await target.gateway.rpc('get_changesets', { repoid: names['repoid'] });
      expect((result as { message: string }[]).map(({ message }) => message.trim())).toContain('Third');
      expect([...target.programs.names].join()).toContain(type);
    });
  });
});
