/** Class 08, a server that stops, has crashed or starts, no connection left: `Appendix A. PostgreSQL Error Codes`. */
const CODES = /^(?:08...|57P0[123]|53300)$/;
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What `pg` has no code for, and what TypeORM says of a connection that was lost between two statements. */
const WORDS =
  /^Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|^Query runner already released/;

/**
 * PostgreSQL could not be reached, or went away amid a statement. When that was the commit of a transaction, nobody can
 * tell whether it took place.
 */
export class DatabaseOutage extends Error {
  /** Lets floors that know no database tell it from a defect. */
  readonly isOutage = true;

  constructor(cause: Error) {
    super('The database cannot be reached', { cause });
    this.name = 'DatabaseOutage';
  }
}

/** @returns what to throw in place of an error of `pg` */
export function outageOr(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseOutage) return error;
  const { code } = error as { code?: unknown };
  const isOutage =
    typeof code === 'string' ? CODES.test(code) || SOCKET_CODES.has(code) : WORDS.test(error.message);
  return isOutage ? new DatabaseOutage(error) : error;
}
