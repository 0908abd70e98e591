import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ChangeFeed } from './change-feed.js';
import { MasterKeyCheck } from './master-key-check.js';
import { createDataSource } from './data-source.js';
import { Database, QueueDatabase } from './database.js';
import { PostgresChangeFeed } from './postgres-change-feed.js';
import { PostgresDatabase } from './postgres-database.js';

/** Relay, claims, results and leases are a statement each at a time. */
const QUEUE_CONNECTIONS = 4;

function connect({ databaseUrl }: Settings, poolSize: number): Promise<DataSource> {
  if (!databaseUrl) throw new Error('DatabaseModule needs a database URL');
  return createDataSource({ url: databaseUrl, poolSize }).initialize();
}

/** Expects `settings.databaseUrl` to be set: main.ts starts the embedded server before the application is made. */
@Global()
@Module({
  providers: [
    {
      provide: DataSource,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => connect(settings, settings.databasePoolSize),
    },
    { provide: Database, useClass: PostgresDatabase },
    {
      provide: QueueDatabase,
      inject: [SETTINGS],
      useFactory: async (settings: Settings) =>
        new PostgresDatabase(await connect(settings, QUEUE_CONNECTIONS)),
    },
    { provide: ChangeFeed, useClass: PostgresChangeFeed },
    MasterKeyCheck,
  ],
  exports: [Database, QueueDatabase, ChangeFeed],
})
export class DatabaseModule {}
