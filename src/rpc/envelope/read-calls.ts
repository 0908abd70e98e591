import type { IncomingHttpHeaders } from 'node:http';
import type { Dialect } from '../../config/settings.js';
import { decodeJson } from './decode.js';
import type { Envelope, Invocation, Unreadable } from './envelope.js';
import { readJsonRpc1, jsonRpc1 } from './json-rpc-1.js';
import { jsonRpc2, readJsonRpc2 } from './json-rpc-2.js';
import { legacyEnvelope, readLegacy } from './legacy.js';
import { shapeOf } from './shape.js';
import type { Endpoint, JsonObject } from './shape.js';

/** What a body holds: one call, a batch, or nothing to run (then `answer` is complete). */
export type Reading =
  | { readonly kind: 'call'; readonly invocation: Invocation }
  | { readonly kind: 'batch'; readonly items: readonly unknown[]; readonly text: string }
  | { readonly kind: 'nothing'; readonly envelope: Envelope; readonly answer: string };

/**
 * A key in the headers counts for JSON-RPC 1.0 and 2.0 only; other authorization schemes are none of ours. Kallithea's
 * document of 2019 calls the header `Authentication`.
 */
export function headerKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? String(headers.authentication ?? ''));
  if (bearer) return bearer[1];
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key : undefined;
}

export const envelopeAt = (endpoint: Endpoint): Envelope =>
  endpoint === 'legacy' ? legacyEnvelope : jsonRpc2;

const atStart = () => 0;

/** @param dialect the server's own */
export function readCalls(
  bytes: Buffer,
  endpoint: Endpoint,
  headers: IncomingHttpHeaders,
  dialect: Dialect,
): Reading {
  const decoded = decodeJson(bytes);
  const byPath = envelopeAt(endpoint);
  if (!decoded.ok) return { kind: 'nothing', envelope: byPath, answer: byPath.parseError(decoded.problem) };
  const { value, text } = decoded;
  switch (shapeOf(value, endpoint)) {
    case 'batch':
      return { kind: 'batch', items: value as unknown[], text };
    case 'no object':
      return { kind: 'nothing', envelope: byPath, answer: byPath.invalidRequest('null') };
    case 'legacy':
      return reading(legacyEnvelope, readLegacy(value as JsonObject, text, dialect));
    case '2.0':
      return reading(jsonRpc2, readJsonRpc2(value as JsonObject, text, atStart, headerKey(headers)));
    case '1.0':
      return reading(jsonRpc1, readJsonRpc1(value as JsonObject, text, headerKey(headers)));
  }
}

const reading = (envelope: Envelope, read: Invocation | Unreadable): Reading =>
  'answer' in read ? { kind: 'nothing', envelope, answer: read.answer } : { kind: 'call', invocation: read };
