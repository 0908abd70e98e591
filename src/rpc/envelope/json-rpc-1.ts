import type { Envelope, Invocation, Unreadable } from './envelope.js';
import { idText } from './id-text.js';
import { errorObject, jsonRpc2 } from './json-rpc-2.js';
import type { JsonObject } from './shape.js';

const INVALID_REQUEST = '{"code":-32600,"message":"Invalid Request"}';
const failure = (id: string, error: string) => `{"id":${id},"result":null,"error":${error}}`;

/** JSON-RPC 1.0 as its own specification has it: `{method, params, id}`, an error is an object, id null is a notification. */
export const jsonRpc1: Envelope = {
  ...jsonRpc2,
  protocol: '1.0',
  success: (id, result) => `{"id":${id},"result":${result},"error":null}`,
  failure: (id, fault) => failure(id, errorObject(fault)),
  invalidRequest: (id) => failure(id, INVALID_REQUEST),
};

export function readJsonRpc1(
  body: JsonObject,
  text: string,
  headerKey: string | undefined,
): Invocation | Unreadable {
  const { method, params } = body;
  const id = Object.hasOwn(body, 'id') ? idText(body.id, text, () => 0) : undefined;
  if (id === undefined || typeof method !== 'string' || typeof params !== 'object' || params === null) {
    return { answer: failure(id ?? 'null', INVALID_REQUEST) };
  }
  return {
    envelope: jsonRpc1,
    id: id === 'null' ? null : id,
    method,
    args: params,
    key: headerKey,
    idempotencyKey: body.idempotency_key,
    invalidKey: 'Invalid API key',
  };
}
