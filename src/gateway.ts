import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino, type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { loadMasterKeys } from './config/master-key.js';
import { SecretBox } from './config/secret-box.js';
import type { Settings } from './config/settings.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './database/embedded/embedded-postgres.js';
import { migrate } from './database/migrate.js';
import { connectRpc, HttpFront } from './rpc/create-http-server.js';
import { Clients } from './serving/clients/clients.js';
import { ViewServer } from './serving/views/view-server.js';
import { PinoLoggerService } from './telemetry/pino-logger.service.js';

/** A running gateway. */
export interface Gateway {
  readonly app: NestFastifyApplication;
  readonly settings: Settings;
  /** Where it listens, without a path: `http://127.0.0.1:5000`. */
  readonly address: string;
  /** Null with an external database. */
  readonly embedded: EmbeddedPostgres | null;
  /** Stops accepting, finishes what runs, releases leases, stops the embedded database; more than once is fine. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly logger?: Logger;
  /** Sees the application before anything of it runs. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

/**
 * Starts everything in order: database, migrations, application, listener. When a step fails, what was started before
 * is stopped again.
 */
export async function startGateway(given: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const logger = options.logger ?? pino({ level: given.logLevel });
  // Under root PostgreSQL runs as another user, which must get through to its folder; nobody else can list or read
  await mkdir(given.home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  await mkdir(given.repoRoot, { recursive: true, mode: 0o700 });
  const secrets = new SecretBox(...(await loadMasterKeys(given)));
  const embedded =
    given.databaseUrl === null
      ? await startEmbeddedPostgres({ home: given.home, log: (message) => logger.warn(message) })
      : null;
  const settings = embedded ? Object.freeze({ ...given, databaseUrl: embedded.url }) : given;
  try {
    const ran = await migrate(settings.databaseUrl as string);
    if (ran.length > 0) logger.debug({ migrations: ran }, 'the database schema was brought up to date');
    const app = await createApplication({ settings, secrets, logger }, options.prepare);
    await app.listen(settings.port, settings.host);
    const { address, port, family } = app.getHttpServer().address() as AddressInfo;
    let closing: Promise<void> | null = null;
    return {
      app,
      settings,
      embedded,
      address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
      close: () => (closing ??= stop(app, embedded)),
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function stop(app: NestFastifyApplication, embedded: EmbeddedPostgres | null): Promise<void> {
  try {
    await app.close();
  } finally {
    await embedded?.stop();
  }
}

async function createApplication(
  platform: Parameters<typeof AppModule.on>[0],
  prepare: GatewayOptions['prepare'],
): Promise<NestFastifyApplication> {
  const front = new HttpFront();
  const adapter = new FastifyAdapter({ serverFactory: front.serverFactory });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(platform), adapter, {
    logger: new PinoLoggerService(platform.logger),
    abortOnError: false,
  });
  try {
    prepare?.(app);
    // Plugins call methods in every process; without the role `api` nobody else does, and no client is served, while
    // health and metrics still answer
    const transport = connectRpc(app);
    if (platform.settings.roles.has('api')) {
      const [clients, views] = [app.get(Clients), app.get(ViewServer)];
      for (const server of [transport, clients, views])
        front.use((request, response) => server.handle(request, response));
    }
    await app.startAllMicroservices();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
