import { isDeepStrictEqual } from 'node:util';
import type { Helper } from '../process/parent-side.js';
import type { Commands } from '../process/child-side.js';
import { lookupPlan, statementsOf } from '../servers/lookups.js';
import type { LookupCommands } from '../servers/lookup-process.js';
import type { StaticCommands } from '../servers/static-process.js';
import { call, post } from '../stage/client.js';
import type { Stage } from '../stage/stage.js';
import { requestBytes } from '../load/request-bytes.js';

export const METHODS = ['get_repo', 'get_user'] as const;
export type Method = (typeof METHODS)[number];

export const SERVERS = ['gateway without caches', 'bare lookups', 'gateway', 'bare static bytes'] as const;
export type ServerName = (typeof SERVERS)[number];

export interface MeasuredServer {
  readonly process: Pick<Helper<Commands>, 'usage'>;
  readonly port: number;
  /** Must be called before a run of another method. */
  prepare(method: Method): Promise<void>;
}

export interface CallsStage {
  readonly servers: Readonly<Record<ServerName, MeasuredServer>>;
  readonly requests: Readonly<Record<Method, Buffer>>;
  readonly answerLength: Readonly<Record<Method, number>>;
  /** SQL statements that one call executes. */
  readonly statements: Readonly<Record<Method, { gateway: number; bare: number }>>;
  close(): Promise<void>;
}

const REPOS = 20;
const POOL_SIZE = 10;
const REPO_NAME = 'team/backend';
const nothing = () => Promise.resolve();

/** Four servers on one database, which answer the same request with the same bytes. */
export async function setCallsStage(stage: Stage): Promise<CallsStage> {
  const url = await stage.createDatabase('calls');
  const warm = await stage.startGateway('gateway', url, { roles: 'api' });
  const cold = await stage.startGateway('gateway-without-caches', url, { roles: 'api', caches: false });
  const key = await fill(stage, warm.port);
  const args = { get_repo: { repoid: REPO_NAME }, get_user: {} };
  const body = (method: Method) => JSON.stringify({ id: 1, api_key: key, method, args: args[method] });

  const answers = {
    get_repo: await post(warm.port, body('get_repo')),
    get_user: await post(warm.port, body('get_user')),
  };
  const recorded = {
    get_repo: await cold.process.ask('record', body('get_repo')),
    get_user: await cold.process.ask('record', body('get_user')),
  };
  const plans = {
    get_repo: lookupPlan(recorded.get_repo, resultOf('get_repo', answers.get_repo)),
    get_user: lookupPlan(recorded.get_user, resultOf('get_user', answers.get_user)),
  };
  const lookups = stage.start<LookupCommands>('bare-lookups', 'servers/lookup-process.js');
  const lookupPort = await lookups.ask('start', { url, poolSize: POOL_SIZE, plans });
  const statics = stage.start<StaticCommands>('bare-static', 'servers/static-process.js');
  const staticPort = await statics.ask('start', undefined as never);

  const prepareStatic = (method: Method) => statics.ask('answer', Buffer.from(answers[method]));
  for (const method of METHODS) {
    await prepareStatic(method);
    for (const port of [warm.port, cold.port, lookupPort, staticPort]) {
      assertSame(method, answers[method], await post(port, body(method)));
    }
  }
  const helpers = [warm.process, cold.process, lookups, statics];
  return {
    servers: {
      'gateway without caches': { ...cold, prepare: nothing },
      'bare lookups': { process: lookups, port: lookupPort, prepare: nothing },
      gateway: { ...warm, prepare: nothing },
      'bare static bytes': { process: statics, port: staticPort, prepare: prepareStatic },
    },
    requests: {
      get_repo: requestBytes(key, 'get_repo', args.get_repo),
      get_user: requestBytes(key, 'get_user', args.get_user),
    },
    answerLength: { get_repo: answers.get_repo.length, get_user: answers.get_user.length },
    statements: {
      get_repo: { gateway: recorded.get_repo.length, bare: statementsOf(plans.get_repo) },
      get_user: { gateway: recorded.get_user.length, bare: statementsOf(plans.get_user) },
    },
    close: async () => {
      for (const helper of helpers) await helper.stop();
    },
  };
}

/** @returns the key of a user who is no super admin, so that every check is made */
async function fill(stage: Stage, port: number): Promise<string> {
  const admin = <Result>(method: string, args: object) => call<Result>(port, stage.adminKey, method, args);
  const { api_key: key } = await admin<{ api_key: string }>('create_user', {
    username: 'reader',
    email: 'reader@example.com',
  });
  await admin('create_repo_group', { group_name: 'team' });
  for (let number = 1; number < REPOS; number++) {
    await admin('create_repo', {
      repo_name: `project-${number}`,
      repo_type: 'git',
      description: 'A project',
    });
  }
  await admin('create_repo', { repo_name: REPO_NAME, repo_type: 'git', description: 'The one asked for' });
  for (let number = 1; number <= 4; number++) {
    const username = `member-${number}`;
    await admin('create_user', { username, email: `${username}@example.com` });
    await admin('grant_user_permission', { repoid: REPO_NAME, userid: username, perm: 'repository.write' });
  }
  return key;
}

function resultOf(method: Method, answer: string): unknown {
  const { result, error } = JSON.parse(answer) as { result: unknown; error: string | null };
  if (error !== null) throw new Error(`${method} is refused: ${error}`);
  return result;
}

function assertSame(method: Method, expected: string, given: string): void {
  if (given.length === expected.length && isDeepStrictEqual(JSON.parse(given), JSON.parse(expected))) return;
  throw new Error(`the servers answer ${method} differently:\n${expected}\n${given}`);
}
