import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { markCommit } from './commit-mark.js';
import { Database, type Row, type Tx } from './database.js';
import { outageOr } from './outage.js';

interface PooledDriver {
  master: Pool;
}

@Injectable()
export class PostgresDatabase extends Database implements OnApplicationShutdown {
  private readonly log = new Logger('Database');
  private readonly pool: Pool;

  constructor(@Inject(DataSource) private readonly source: DataSource) {
    super();
    this.pool = (source.driver as unknown as PooledDriver).master;
  }

  get manager(): EntityManager {
    return this.source.manager;
  }

  query<T extends Row>(text: string, values?: readonly unknown[]): Promise<T[]> {
    return rowsOf<T>(this.pool, { text, values: values as unknown[] });
  }

  prepared<T extends Row>(name: string, text: string, values?: readonly unknown[]): Promise<T[]> {
    return rowsOf<T>(this.pool, { name, text, values: values as unknown[] });
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      const tx = new PostgresTransaction(runner, (await runner.connect()) as PoolClient);
      await runner.startTransaction();
      const result = await work(tx);
      await markCommit(tx);
      await runner.commitTransaction();
      await this.runAfterCommit(tx);
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw outageOr(error);
    } finally {
      await runner.release();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async runAfterCommit(tx: PostgresTransaction): Promise<void> {
    for (const action of tx.actions) {
      try {
        await action();
      } catch (error) {
        this.log.error(error instanceof Error ? error.stack : error);
      }
    }
  }
}

async function rowsOf<T extends Row>(connection: Pool | PoolClient, query: QueryConfig): Promise<T[]> {
  try {
    return (await connection.query<T>(query)).rows;
  } catch (error) {
    throw outageOr(error);
  }
}

class PostgresTransaction implements Tx {
  readonly isTransaction = true;
  readonly actions: (() => void | Promise<void>)[] = [];

  constructor(
    private readonly runner: QueryRunner,
    private readonly client: PoolClient,
  ) {}

  get manager(): EntityManager {
    return this.runner.manager;
  }

  query<T extends Row>(text: string, values?: readonly unknown[]): Promise<T[]> {
    return rowsOf<T>(this.client, { text, values: values as unknown[] });
  }

  prepared<T extends Row>(name: string, text: string, values?: readonly unknown[]): Promise<T[]> {
    return rowsOf<T>(this.client, { name, text, values: values as unknown[] });
  }

  afterCommit(action: () => void | Promise<void>): void {
    this.actions.push(action);
  }
}
