const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

interface PgError {
  code?: string;
  constraint?: string;
  driverError?: PgError;
}

const codeOf = (error: unknown) =>
  (error as PgError | null)?.code ?? (error as PgError | null)?.driverError?.code;

/** @returns the constraint's name, or null when the error is something else */
export function uniqueViolation(error: unknown): string | null {
  if (codeOf(error) !== UNIQUE_VIOLATION) return null;
  const { constraint, driverError } = error as PgError;
  return constraint ?? driverError?.constraint ?? 'unknown';
}

/** Something else still points at the row. */
export const isForeignKeyViolation = (error: unknown) => codeOf(error) === FOREIGN_KEY_VIOLATION;
