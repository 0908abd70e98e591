import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ChangeFeed } from './change-feed.js';
import { MasterKeyCheck } from './master-key-check.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { PostgresChangeFeed } from './postgres-change-feed.js';
import { PostgresDatabase } from './postgres-database.js';

/** Expects `settings.databaseUrl` to be set: main.ts starts the embedded server before the application is made. */
@Global()
@Module({
  providers: [
    {
      provide: DataSource,
      inject: [SETTINGS],
      useFactory: ({ databaseUrl, databasePoolSize }: Settings) => {
        if (!databaseUrl) throw new Error('DatabaseModule needs a database URL');
        return createDataSource({ url: databaseUrl, poolSize: databasePoolSize }).initialize();
      },
    },
    { provide: Database, useClass: PostgresDatabase },
    { provide: ChangeFeed, useClass: PostgresChangeFeed },
    MasterKeyCheck,
  ],
  exports: [Database, ChangeFeed],
})
export class DatabaseModule {}
