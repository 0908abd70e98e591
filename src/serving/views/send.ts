import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from '../../vcs/downloads.js';
import { ALWAYS } from './content-policy.js';
import type { StreamedAnswer, ViewAnswer, WholeAnswer } from './view.js';

type Headers = Record<string, string>;

/**
 * Sends what of an answer the request asks for: all of it, a part, its head, or that nothing has changed.
 * @returns bytes of the body
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ViewAnswer,
): Promise<number> {
  if ('open' in answer) return sendStream(request, response, answer);
  const { status = 200, body } = answer;
  const tag = `"${createHash('sha1').update(body).digest('base64url')}"`;
  const headers = { ...headersOf(answer, status === 200 ? tag : null), 'content-length': lengthOf(body) };
  if (status === 200 && isKnown(request, tag)) return unchanged(response, headers);
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
  return Number(headers['content-length']);
}

async function sendStream(
  request: IncomingMessage,
  response: ServerResponse,
  answer: StreamedAnswer,
): Promise<number> {
  const { size } = answer;
  const tag = `"${answer.etag}"`;
  const headers = headersOf(answer, tag);
  if (isKnown(request, tag)) return unchanged(response, headers);
  let range: ByteRange | null = null;
  if (size !== undefined) {
    headers['accept-ranges'] = 'bytes';
    const wanted = rangeOf(request, tag, size);
    if (wanted === 'unsatisfiable') return unsatisfiable(response, headers, size);
    range = wanted;
    headers['content-length'] = String(range === null ? size : range.end - range.start + 1);
    if (range !== null) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  }
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD') {
    response.writeHead(status, headers).end();
    return 0;
  }
  const source = await answer.open(range ?? undefined);
  response.writeHead(status, headers);
  const before = response.socket?.bytesWritten ?? 0;
  // A source that fails on the way breaks the connection: nobody must take the half for the whole.
  await pipeline(source, response);
  return (response.socket?.bytesWritten ?? before) - before;
}

function headersOf({ headers }: ViewAnswer, tag: string | null): Headers {
  return {
    ...ALWAYS,
    // Who may read today may not tomorrow, so that it is always asked whether the copy still serves.
    'cache-control': 'private, no-cache',
    ...(tag !== null && { etag: tag }),
    ...headers,
  };
}

function unchanged(response: ServerResponse, headers: Headers): number {
  response.writeHead(304, without(headers, 'content-type', 'content-disposition', 'content-length')).end();
  return 0;
}

function unsatisfiable(response: ServerResponse, headers: Headers, size: number): number {
  const kept = without(headers, 'content-type', 'content-disposition', 'etag');
  response.writeHead(416, { ...kept, 'content-range': `bytes */${size}`, 'content-length': '0' }).end();
  return 0;
}

function isKnown({ headers }: IncomingMessage, tag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}

/**
 * One range (RFC 9110, 14); the whole is the answer to several, which nobody must serve, to what is none, and to everything
 * but GET.
 */
function rangeOf(
  { method, headers }: IncomingMessage,
  tag: string,
  size: number,
): ByteRange | 'unsatisfiable' | null {
  const condition = headers['if-range'];
  if (method !== 'GET' || headers.range === undefined || (condition !== undefined && condition !== tag))
    return null;
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(headers.range) ?? [];
  if (first === '' && last === '') return null;
  // Without a first byte it is so many at the end, or all there are
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return null;
  return start < size && start <= end ? { start, end } : 'unsatisfiable';
}

const lengthOf = (body: WholeAnswer['body']) => String(Buffer.byteLength(body));

function without(headers: Headers, ...names: string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
