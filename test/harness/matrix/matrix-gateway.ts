import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { AppModule } from '../../../src/app.module.js';
import { loadSettings } from '../../../src/config/load-settings.js';
import { SecretBox } from '../../../src/config/secret-box.js';
import type { Settings } from '../../../src/config/settings.js';
import { Database } from '../../../src/database/database.js';
import { PushJournal } from '../../../src/families/repos/push-journal.js';
import { HttpFront } from '../../../src/rpc/create-http-server.js';
import { Dispatcher } from '../../../src/rpc/dispatcher.js';
import { readLegacy } from '../../../src/rpc/envelope/legacy.js';
import type { Answer } from '../gateway.js';
import { createTestDatabase } from '../postgres.js';
import { Rehearsal, rollBackRehearsals, stopRehearsedPushes } from './rehearsal.js';

export interface MatrixGateway {
  readonly adminKey: string;
  readonly db: Database;
  readonly settings: Settings;
  /** Answers in the legacy envelope, without the way through a socket. @param key null: the body names none */
  ask(method: string, args: object, key: string | null): Promise<Answer>;
  /** As the administrator; a refusal is thrown. */
  call<Result = Record<string, unknown>>(method: string, args?: object, key?: string): Promise<Result>;
  close(): Promise<void>;
}

class MatrixModule {}

/** The whole gateway with its own guard, keys, rights and database; only the handlers are under the test's command. */
export async function startMatrixGateway(): Promise<MatrixGateway> {
  const database = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), 'forgegate-matrix-'));
  const settings = loadSettings({
    env: {
      FORGEGATE_HOME: home,
      DATABASE_URL: database.url,
      FORGEGATE_PUBLIC_URL: 'http://gateway.test',
      FORGEGATE_RATE_LIMIT_PER_KEY: '0',
      FORGEGATE_RATE_LIMIT_PER_ADDRESS: '0',
      FORGEGATE_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8,::1/128',
    },
  });
  await mkdir(settings.repoRoot, { recursive: true });
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const front = new HttpFront();
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: MatrixModule,
      imports: [AppModule.on({ settings, secrets: new SecretBox(Buffer.alloc(32)), logger })],
      providers: [{ provide: APP_INTERCEPTOR, useClass: Rehearsal }],
    },
    new FastifyAdapter({ serverFactory: front.serverFactory }),
    { logger: false, abortOnError: false },
  );
  front.serve(app);
  await app.startAllMicroservices();
  await app.init();
  const adminKey = (await readFile(join(home, 'admin.key'), 'utf8')).trim();
  const db = app.get(Database);
  rollBackRehearsals(db);
  stopRehearsedPushes(app.get(PushJournal, { strict: false }));
  const dispatcher = app.get(Dispatcher, { strict: false });

  const ask: MatrixGateway['ask'] = (method, args, key) => {
    const body = { id: 1, ...(key !== null && { api_key: key }), method, args };
    const invocation = readLegacy(body, JSON.stringify(body), settings.dialect);
    if ('answer' in invocation) return Promise.resolve(JSON.parse(invocation.answer) as Answer);
    return new Promise((resolve) => {
      dispatcher.start(invocation, { requestId: 'matrix', ip: '127.0.0.1', trail: null }, (text) =>
        resolve(JSON.parse(text ?? 'null') as Answer),
      );
    });
  };
  return {
    adminKey,
    db,
    settings,
    ask,
    async call<Result>(method: string, args: object = {}, key: string = adminKey) {
      const { result, error } = await ask(method, args, key);
      if (error !== null) throw new Error(`${method} ${JSON.stringify(args)}: ${error}`);
      return result as Result;
    },
    async close() {
      await app.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
