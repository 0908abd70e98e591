import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings } from '../../src/config/load-settings.js';
import type { Settings } from '../../src/config/settings.js';
import { startGateway } from '../../src/gateway.js';
import { takeMisfits, withCheckedAnswers } from './checked-answers.js';
import { createTestDatabase } from './postgres.js';

/** Legacy answer. */
export interface Answer<Result = unknown> {
  id: unknown;
  result: Result;
  error: string | null;
}

export interface TestGateway {
  readonly url: string;
  readonly adminKey: string;
  readonly settings: Settings;
  readonly app: Awaited<ReturnType<typeof startGateway>>['app'];
  /** Calls in the legacy dialect; an error is thrown with its text. */
  call<Result = Record<string, unknown>>(method: string, args?: object, key?: string): Promise<Result>;
  /** The text of the refusal; fails when there is none. */
  refusal(method: string, args?: object, key?: string): Promise<string>;
  /** The whole answer of a JSON-RPC 2.0 call. */
  rpc(method: string, params?: object, key?: string): Promise<Record<string, unknown>>;
  /** A user with the key that he was given. */
  createUser(username: string, more?: object): Promise<{ user_id: number; username: string; key: string }>;
  close(): Promise<void>;
}

/**
 * A whole gateway on a free port, with a database and a home of its own.
 * @param beside another one, whose database and home it shares: a second process of one cluster
 */
export async function startTestGateway(
  env: Record<string, string> = {},
  beside?: TestGateway,
): Promise<TestGateway> {
  const database = beside
    ? { url: beside.settings.databaseUrl as string, drop: () => Promise.resolve() }
    : await createTestDatabase();
  const home = beside?.settings.home ?? (await mkdtemp(join(tmpdir(), 'forgegate-e2e-')));
  const settings = loadSettings({
    env: {
      FORGEGATE_HOME: home,
      DATABASE_URL: database.url,
      PORT: '0',
      FORGEGATE_PUBLIC_URL: 'http://gateway.test',
      FORGEGATE_RATE_LIMIT_PER_KEY: '0',
      FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
      FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8,::1/128',
      ...env,
    },
  });
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const gateway = await withCheckedAnswers(() => startGateway(settings, { logger }));
  const adminKey = (await readFile(join(home, 'admin.key'), 'utf8')).trim();

  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(gateway.address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const legacy = async (method: string, args: object, key: string) =>
    (await post('/_admin/api', { id: 1, api_key: key, method, args })) as unknown as Answer;

  return {
    url: gateway.address,
    adminKey,
    settings: gateway.settings,
    app: gateway.app,
    async call<Result>(method: string, args: object = {}, key: string = adminKey) {
      const { result, error } = await legacy(method, args, key);
      if (error !== null) throw new Error(`${method}: ${error}`);
      return result as Result;
    },
    async refusal(method, args = {}, key = adminKey) {
      const { result, error } = await legacy(method, args, key);
      if (error === null) throw new Error(`${method} was not refused: ${JSON.stringify(result)}`);
      return error;
    },
    rpc: (method, params = {}, key = adminKey) =>
      post('/_admin/rpc', { jsonrpc: '2.0', id: 1, method, params }, { authorization: `Bearer ${key}` }),
    async createUser(username, more = {}) {
      const { result, error } = await legacy(
        'create_user',
        { username, email: `${username}@example.com`, ...more },
        adminKey,
      );
      if (error !== null) throw new Error(error);
      const { user, api_key } = result as { user: { user_id: number; username: string }; api_key: string };
      return { ...user, key: api_key };
    },
    async close() {
      await gateway.close();
      await database.drop();
      if (!beside) await rm(home, { recursive: true, force: true });
      const misfits = takeMisfits();
      if (misfits.length > 0) throw new Error(`answers that are not as declared:\n${misfits.join('\n')}`);
    },
  };
}
