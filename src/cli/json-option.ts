import type { Json, JsonObject } from '../sdk/index.js';
import { CommandError } from './command-error.js';

/** The value of an option that holds a JSON object. @throws CommandError naming the option */
export function objectIn(option: string, text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below
  }
  throw new CommandError(`${option} must be a JSON object, got ${text}`);
}
