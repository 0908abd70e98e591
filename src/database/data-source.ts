import { DataSource } from 'typeorm';
import pg from 'pg';
import { MIGRATIONS } from './migrations/index.js';

// Ids of events and deliveries are bigint; they stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export interface DataSourceOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName?: string;
}

export function createDataSource({
  url,
  poolSize,
  applicationName = 'forgegate',
}: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName,
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    installExtensions: false,
    // pg reads the whole URL itself, so that `?host=/socket/folder` works
    extra: { connectionString: url, keepAlive: true },
  });
}
