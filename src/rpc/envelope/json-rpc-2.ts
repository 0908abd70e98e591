import type { ArgumentProblem } from '../arguments.js';
import { FAULT_CODES, RpcFault, invalidParams } from '../errors.js';
import type { FaultReason } from '../errors.js';
import type { Envelope, Invocation, Unreadable } from './envelope.js';
import { idText } from './id-text.js';
import type { JsonObject } from './shape.js';

/** By the specification; `data` says the rest. */
const FIXED_MESSAGES: Partial<Record<FaultReason, string>> = {
  INTERNAL: 'Internal error',
  METHOD_NOT_FOUND: 'Method not found',
};

/** The error object that 2.0 prescribes and our 1.0 answers borrow. */
export function errorObject(fault: RpcFault): string {
  const code = FAULT_CODES[fault.reason];
  const message = FIXED_MESSAGES[fault.reason] ?? fault.message;
  if (fault.reason === 'METHOD_NOT_FOUND' && Object.keys(fault.data).length === 0)
    return `{"code":${String(code)},"message":${JSON.stringify(message)}}`;
  const data = JSON.stringify({ reason: fault.reason, ...fault.data });
  return `{"code":${String(code)},"message":${JSON.stringify(message)},"data":${data}}`;
}

const answer = (id: string, error: string) => `{"jsonrpc":"2.0","error":${error},"id":${id}}`;
const INVALID_REQUEST = '{"code":-32600,"message":"Invalid Request"}';

function problemInWords(problem: ArgumentProblem): { text: string; data: Record<string, unknown> } {
  switch (problem.kind) {
    case 'missing':
      return { text: `missing \`${problem.name}\``, data: { missing: problem.name } };
    case 'unknown':
      return {
        text: `unknown ${problem.names.map((name) => `\`${name}\``).join(', ')}`,
        data: { unknown: problem.names },
      };
    case 'surplus':
      return {
        text: `${String(problem.given)} values given, at most ${String(problem.taken)} taken`,
        data: { limit: problem.taken },
      };
    case 'value':
      return { text: problem.message, data: { argument: problem.name } };
  }
}

export const jsonRpc2: Envelope = {
  protocol: '2.0',
  success: (id, result) => `{"jsonrpc":"2.0","result":${result},"id":${id}}`,
  failure: (id, fault) => answer(id, errorObject(fault)),
  invalidRequest: (id) => answer(id, INVALID_REQUEST),
  parseError: () => answer('null', '{"code":-32700,"message":"Parse error"}'),
  noSuchMethod: () => new RpcFault('METHOD_NOT_FOUND', 'Method not found'),
  badArguments(problem) {
    const { text, data } = problemInWords(problem);
    return invalidParams(`Invalid params: ${text}`, data);
  },
  dropsUnknownArguments: () => false,
};

/** Answer to a batch that is longer than the server takes. */
export const batchTooLong = (limit: number) =>
  answer('null', `{"code":-32600,"message":"Invalid Request","data":{"limit":${String(limit)}}}`);

/** Answer to a request that was refused before its body could be read; the HTTP status says the rest. */
export const transportError = (code: number, message: string) =>
  answer('null', `{"code":${String(code)},"message":${JSON.stringify(message)}}`);

/**
 * One request object, alone or as an element of a batch.
 * @param start where the object stands in `text`
 * @param headerKey key from the HTTP headers; one beside `jsonrpc` in the object goes before it
 */
export function readJsonRpc2(
  body: JsonObject,
  text: string,
  start: () => number,
  headerKey: string | undefined,
): Invocation | Unreadable {
  const notification = !Object.hasOwn(body, 'id');
  const idFits =
    notification || body.id === null || typeof body.id === 'string' || typeof body.id === 'number';
  const id = notification || !idFits ? 'null' : idText(body.id, text, start);
  const { params = {} } = body;
  if (
    !idFits ||
    body.jsonrpc !== '2.0' ||
    typeof body.method !== 'string' ||
    typeof params !== 'object' ||
    params === null
  ) {
    return { answer: answer(id, INVALID_REQUEST) };
  }
  const key = Object.hasOwn(body, 'api_key') ? body.api_key : headerKey;
  return {
    envelope: jsonRpc2,
    id: notification ? null : id,
    method: body.method,
    args: params,
    key,
    idempotencyKey: body.idempotency_key,
    invalidKey: 'Invalid API key',
  };
}
