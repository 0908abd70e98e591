import { Writable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { Global, Module } from '@nestjs/common';
import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { SETTINGS } from '../../src/config/settings.js';
import type { Dialect, Settings } from '../../src/config/settings.js';
import { Authenticator } from '../../src/rpc/authenticator.js';
import { CallableMethods } from '../../src/rpc/callable-methods.js';
import type { Principal, RpcCall } from '../../src/rpc/call.js';
import { RPC_LOGGER } from '../../src/rpc/call-log.js';
import { HttpFront } from '../../src/rpc/create-http-server.js';
import { denied } from '../../src/rpc/errors.js';
import { requirementOf } from '../../src/rpc/method.js';
import { RpcModule } from '../../src/rpc/rpc.module.js';
import { FixtureRpc } from './fixture.family.js';
import { fixtureSettings } from './fixture.settings.js';

export const KEY = 'a'.repeat(40);
export const ADMIN_KEY = 'b'.repeat(40);
/** Answered by a promise, as a key that is not cached. */
export const SLOW_KEY = 'c'.repeat(40);
export const keyOfDialect = (dialect: Dialect) => `dialect:${dialect}`;

const principal = (changes: Partial<Principal>): Principal => ({
  userId: 1,
  username: 'alice',
  admin: false,
  apiKeyId: 1,
  scopes: null,
  dialect: null,
  ...changes,
});

class FixtureAuthenticator extends Authenticator {
  authenticate(key: string): Promise<Principal | null> | Principal | null {
    if (key === KEY) return principal({});
    if (key === ADMIN_KEY) return principal({ userId: 2, username: 'root', admin: true, apiKeyId: 2 });
    if (key === SLOW_KEY) return Promise.resolve(principal({ apiKeyId: 3 }));
    if (key.startsWith('dialect:')) return principal({ apiKeyId: 4, dialect: key.slice(8) as Dialect });
    return null;
  }
}

class FixtureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'rpc') return true;
    const call = context.getArgByIndex<RpcCall>(1);
    if (requirementOf(context).kind === 'superAdmin' && !call.principal.admin) throw denied('hg.admin');
    return true;
  }
}

export interface RpcGateway {
  readonly url: string;
  readonly port: number;
  readonly app: NestFastifyApplication;
  readonly registry: Registry;
  /** Parsed log lines so far. */
  readonly logged: Record<string, unknown>[];
  /** One POST; `body` is sent as it is when it is a string or bytes. */
  post(body: unknown, options?: PostOptions): Promise<RpcAnswer>;
  /** One legacy call. */
  call(
    method: unknown,
    args?: unknown,
    options?: PostOptions & { key?: unknown; id?: unknown },
  ): Promise<Answer>;
  close(): Promise<void>;
}

export interface PostOptions {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  id: unknown;
  result: unknown;
  error: unknown;
}

export interface RpcAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** A gateway with the fixture family only, on a free port. */
export async function startRpcGateway(
  changes: Partial<Settings> = {},
  families: Type[] = [FixtureRpc],
): Promise<RpcGateway> {
  const registry = new Registry();
  const logged: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const provided = [
    { provide: SETTINGS, useValue: fixtureSettings(changes) },
    { provide: Authenticator, useClass: FixtureAuthenticator },
    {
      provide: CallableMethods,
      useValue: { of: (_: Principal, methods: unknown[]) => Promise.resolve(methods) },
    },
    { provide: Registry, useValue: registry },
    { provide: RPC_LOGGER, useValue: pino({ level: 'debug' }, sink) },
  ];

  @Global()
  @Module({
    providers: [...provided, { provide: APP_GUARD, useClass: FixtureGuard }],
    exports: provided.map(({ provide }) => provide),
  })
  class Surroundings {}

  @Module({ imports: [Surroundings, RpcModule], controllers: families })
  class FixtureApp {}

  const front = new HttpFront();
  const app = await NestFactory.create<NestFastifyApplication>(
    FixtureApp,
    new FastifyAdapter({ serverFactory: front.serverFactory }),
    { logger: false, abortOnError: false },
  );
  try {
    front.serve(app);
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;

  const post: RpcGateway['post'] = async (body, { path = '/_admin/api', headers = {} } = {}) => {
    const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method: 'POST', body: sent as string, headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : undefined,
    };
  };
  const call: RpcGateway['call'] = async (method, args = {}, { key = KEY, id = 1, ...options } = {}) =>
    (await post({ id, api_key: key, method, args }, options)).json as Answer;
  return { url, port, app, registry, logged, post, call, close: () => app.close() };
}

/** Waits until a fact holds. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 2));
}
