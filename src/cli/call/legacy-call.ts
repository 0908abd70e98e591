import { randomInt } from 'node:crypto';
import { CommandError } from '../command-error.js';
import type { Connection } from './connection-file.js';

export interface LegacyAnswer {
  readonly result: unknown;
  /** Null when it succeeded. */
  readonly error: unknown;
}

/**
 * One call as the old tools made it: `text/plain`, and an id that must come back.
 * @throws CommandError when there is no answer of a gateway
 */
export async function callLegacy(
  { apikey, apihost }: Connection,
  method: string,
  args: object,
): Promise<LegacyAnswer> {
  const id = randomInt(1, 9999);
  const response = await post(apihost, JSON.stringify({ id, api_key: apikey, method, args }));
  const text = await response.text();
  const answer = parse(text, apihost, response.status);
  if (answer.id !== id && !(answer.id === null && answer.error))
    throw new CommandError(`The answer of ${apihost} has another id than the request.`);
  if (typeof answer.DEPRECATION_WARNING === 'string') console.error(answer.DEPRECATION_WARNING);
  return { result: answer.result ?? null, error: answer.error || null };
}

async function post(apihost: string, body: string): Promise<Response> {
  try {
    // A redirect would carry the key to an address that nobody gave
    return await fetch(`${apihost.replace(/\/+$/, '')}/_admin/api`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
      redirect: 'error',
    });
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new CommandError(`${apihost} cannot be reached: ${why}`);
  }
}

function parse(text: string, apihost: string, status: number): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new CommandError(`${apihost} answered ${status} without JSON: is it the address of a gateway?`);
}
