import type { EntityManager } from 'typeorm';

export type Row = Record<string, unknown>;

/** Runs SQL: the database itself (own connection for each statement) or one transaction. */
export interface Sql {
  /** @returns the rows; for INSERT/UPDATE/DELETE those of RETURNING. */
  query<T extends Row = Row>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** As {@link query}, parsed and planned once a connection under `name`; for what is hot. Same name, same text. */
  prepared<T extends Row = Row>(name: string, text: string, values?: readonly unknown[]): Promise<T[]>;
  /** TypeORM on the same connection. */
  readonly manager: EntityManager;
}

/**
 * An open transaction. It is an argument wherever a change must stand or fall with others:
 * what takes a `Tx` cannot be called outside one.
 */
export interface Tx extends Sql {
  readonly isTransaction: true;
  /** Runs after a successful commit, in order; errors are logged, never thrown to the caller. Not run on rollback. */
  afterCommit(action: () => void | Promise<void>): void;
}

/** The connection to PostgreSQL; injected as a class token. */
export abstract class Database implements Sql {
  abstract query<T extends Row = Row>(text: string, values?: readonly unknown[]): Promise<T[]>;
  abstract prepared<T extends Row = Row>(
    name: string,
    text: string,
    values?: readonly unknown[],
  ): Promise<T[]>;
  abstract readonly manager: EntityManager;
  /** Commits when `work` resolves, rolls back when it throws. Never hold one open across a network call. */
  abstract transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/**
 * The same database over connections of its own, for the work of the queue: it must go on however many calls wait for
 * a connection.
 */
export abstract class QueueDatabase extends Database {}
