import pg from 'pg';
import type { Helper } from '../process/parent-side.js';
import type { Commands } from '../process/child-side.js';
import { requestBytes } from '../load/request-bytes.js';
import { call, post } from '../stage/client.js';
import type { Stage } from '../stage/stage.js';

export interface Size {
  readonly repositories: number;
  readonly users: number;
}

export const SMALL: Size = { repositories: 10, users: 10 };
export const LARGE: Size = { repositories: 10_000, users: 1_000 };

export const CALLS = ['get_repo', 'get_repo without caches', 'get_repos'] as const;
export type CallName = (typeof CALLS)[number];

export interface MeasuredCall {
  readonly process: Pick<Helper<Commands>, 'usage'>;
  readonly port: number;
  readonly request: Buffer;
  readonly answerLength: number;
  /** Repositories in one answer. */
  readonly rows: number;
}

export type Installation = Readonly<Record<CallName, MeasuredCall>>;

/** Read by everybody, written by four people; every tenth is private, so that the caller does not see it. */
const FILL = `
  INSERT INTO "user" (username, email) SELECT 'user-' || n, 'user-' || n || '@example.com' FROM generate_series(1, $2::int) n;
  INSERT INTO repo_group (group_name, owner_id)
    SELECT 'group-' || n, (SELECT min(user_id) FROM "user" WHERE admin) FROM generate_series(0, 99) n;
  INSERT INTO repo (repo_name, repo_type, repo_state, group_id, owner_id, private, description)
    SELECT 'group-' || n % 100 || '/project-' || n, 'git', 'repo_state_created', g.group_id,
           (SELECT min(user_id) FROM "user" WHERE admin), n % 10 = 0, 'A project'
      FROM generate_series(1, $1::int) n JOIN repo_group g ON g.group_name = 'group-' || n % 100;
  INSERT INTO repo_permission (repo_id, user_id, level)
    SELECT r.repo_id, u.user_id, 1 FROM repo r, "user" u WHERE u.username = 'default';
  INSERT INTO repo_permission (repo_id, user_id, level)
    SELECT r.repo_id, u.user_id, 3
      FROM repo r CROSS JOIN generate_series(1, 4) k
      JOIN "user" u ON u.username = 'user-' || (r.repo_id * 7 + k) % $2::int + 1;
  ANALYZE`;

/** A gateway with caches and one without, on a database of that size. */
export async function setInstallation(stage: Stage, name: string, size: Size): Promise<Installation> {
  const url = await stage.createDatabase(name);
  const warm = await stage.startGateway(`gateway-${name}`, url, { roles: 'api' });
  const cold = await stage.startGateway(`gateway-${name}-without-caches`, url, {
    roles: 'api',
    caches: false,
  });
  await fill(url, size);
  const { api_key: key } = await call<{ api_key: string }>(warm.port, stage.adminKey, 'create_user', {
    username: 'reader',
    email: 'reader@example.com',
  });
  const measured = async (gateway: typeof warm, method: string, args: object): Promise<MeasuredCall> => {
    const answer = await post(gateway.port, JSON.stringify({ id: 1, api_key: key, method, args }));
    const { result, error } = JSON.parse(answer) as { result: unknown; error: string | null };
    if (error !== null) throw new Error(`${method} is refused: ${error}`);
    return {
      process: gateway.process,
      port: gateway.port,
      request: requestBytes(key, method, args),
      answerLength: answer.length,
      rows: Array.isArray(result) ? result.length : 1,
    };
  };
  const repoid = 'group-7/project-7';
  return {
    get_repo: await measured(warm, 'get_repo', { repoid }),
    'get_repo without caches': await measured(cold, 'get_repo', { repoid }),
    get_repos: await measured(warm, 'get_repos', {}),
  };
}

async function fill(url: string, { repositories, users }: Size): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of FILL.split(';')) {
      const text = statement.replaceAll('$1', String(repositories)).replaceAll('$2', String(users));
      await client.query(text);
    }
  } finally {
    await client.end();
  }
}
