import type { Dialect } from '../../config/settings.js';
import type { ArgumentProblem } from '../arguments.js';
import { FieldsFault, RpcFault, invalidParams } from '../errors.js';
import { traitsOf } from './dialects.js';
import type { Envelope, Invocation, Unreadable } from './envelope.js';
import { idText } from './id-text.js';
import type { JsonObject } from './shape.js';

const failure = (id: string, error: string | FieldsFault['fields']) =>
  `{"id":${id},"result":null,"error":${JSON.stringify(error)}}`;

function worded(problem: ArgumentProblem): string {
  switch (problem.kind) {
    case 'missing':
      return `Missing non optional \`${problem.name}\` arg in JSON DATA`;
    case 'unknown':
      return `Unknown ${problem.names.map((name) => `\`${name}\``).join(', ')} arg in JSON DATA`;
    case 'surplus':
      return `${String(problem.given)} arguments given, ${String(problem.taken)} taken`;
    case 'value':
      return problem.message;
  }
}

function pythonTypeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int' : 'float';
}

/** `{id, api_key, method, args}` -> `{id, result, error}`: what Kallithea and RhodeCode speak; an error is a string. */
export const legacyEnvelope: Envelope = {
  protocol: 'legacy',
  success: (id, result, warning) =>
    `{"id":${id},"result":${result},"error":null` +
    (warning === null ? '}' : `,"DEPRECATION_WARNING":${JSON.stringify(warning)}}`),
  failure: (id, fault) => failure(id, fault instanceof FieldsFault ? fault.fields : fault.message),
  invalidRequest: (id) => failure(id, 'Invalid Request'),
  parseError: (problem) => failure('null', `JSON parse error ERR:${problem}`),
  noSuchMethod(method) {
    if (typeof method !== 'string') {
      const message = `'${pythonTypeName(method)}' object has no attribute 'startswith'`;
      return new RpcFault('METHOD_NOT_FOUND', message);
    }
    return new RpcFault(
      'METHOD_NOT_FOUND',
      method.startsWith('_') ? 'Method not allowed' : `No such method: ${method}`,
    );
  },
  badArguments: (problem) =>
    invalidParams(worded(problem), problem.kind === 'value' ? { argument: problem.name } : {}),
  dropsUnknownArguments: (dialect) => traitsOf(dialect).unknownArguments === 'drop',
};

export const noBody = (declared: boolean) =>
  failure('null', declared ? 'Content-Length is 0' : 'No Content-Length in request');

/**
 * Who says `auth_token` speaks RhodeCode 4, as long as his key says nothing else.
 * @param own the server's own dialect
 */
export function readLegacy(body: JsonObject, text: string, own: Dialect): Invocation | Unreadable {
  const named = Object.hasOwn(body, 'api_key');
  if (!named && !Object.hasOwn(body, 'auth_token'))
    return missing(own === 'rhodecode-4' ? 'api_key or auth_token' : 'api_key', 'null', own);
  const dialect = named ? own : 'rhodecode-4';
  if (!Object.hasOwn(body, 'id')) return missing('id', 'null', dialect);
  const id = idText(body.id, text, () => 0);
  if (!Object.hasOwn(body, 'method')) return missing('method', id, dialect);
  if (!Object.hasOwn(body, 'args')) return missing('args', id, dialect);
  const { args } = body;
  return {
    envelope: legacyEnvelope,
    id,
    method: body.method,
    args: typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {},
    idempotencyKey: body.idempotency_key,
    key: named ? body.api_key : body.auth_token,
    invalidKey: traitsOf(dialect).invalidKey,
    dialect,
  };
}

function missing(name: string, id: string, dialect: Dialect): Unreadable {
  const shown = name.includes(' ') ? `'${name}'` : name;
  const text =
    dialect === 'rhodecode-4'
      ? `Incorrect JSON data. Missing ${shown}`
      : `Incorrect JSON query missing '${name}'`;
  return { answer: failure(id, text) };
}
