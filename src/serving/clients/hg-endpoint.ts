import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Fetches } from '../../families/repos/fetches.service.js';
import { Pushes } from '../../families/repos/pushes.service.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import type { HgAnswer } from '../../vcs/hg/hg-conversation.js';
import { HgServer, type HgRequest } from '../../vcs/hg/hg-server.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { Admitted } from './client-gate.js';
import { ClientRefusal } from './client-refusal.js';
import type { ClientRequest } from './client-request.js';
import { fetchesChangesets } from './hg-commands.js';
import type { Transfer } from './transfer.js';

type HgClientRequest = Extract<ClientRequest, { kind: 'hg' }>;

/** The answer to a push says what was done, and what hooks had to say. */
const MAX_PUSH_ANSWER_BYTES = 16 * 1024 * 1024;
/** Belong to one connection, or to us. */
const OMITTED = new Set(['connection', 'transfer-encoding', 'date', 'server', 'content-length']);
/** Nothing that Mercurial needs to know; the first three are secrets. */
const NOT_HANDED_ON = new Set([
  'authorization',
  'authentication',
  'cookie',
  'host',
  'expect',
  'connection',
  'transfer-encoding',
  'content-length',
  'content-type',
  'proxy',
]);

/** Lets Mercurial clients talk with Mercurial's own web application. */
@Injectable()
export class HgEndpoint {
  private readonly publicUrl: URL;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly hg: HgServer,
    private readonly root: RepoRoot,
    private readonly pushes: Pushes,
    private readonly fetches: Fetches,
  ) {
    this.publicUrl = new URL(settings.publicUrl);
  }

  /** @returns whether it went well @throws ClientRefusal */
  async serve(
    asked: HgClientRequest,
    operation: 'fetch' | 'push',
    transfer: Transfer,
    caller: Caller,
    admitted: Admitted,
  ): Promise<boolean> {
    const { request } = transfer;
    if (request.headers['content-encoding'] !== undefined)
      throw new ClientRefusal(415, 'a request of Mercurial has no content encoding');
    const served: HgRequest = {
      path: this.root.directory(admitted.repo.repo_name),
      command: asked.command,
      scheme: this.publicUrl.protocol.slice(0, -1),
      environ: this.environ(asked, request, caller),
    };
    if (operation === 'push') return this.push(served, transfer, caller, admitted);
    const body = this.body(transfer, this.settings.maxBodyBytes);
    const answer = await this.hg.read(served, body, transfer.signal);
    this.head(transfer, answer, true);
    await transfer.send(answer.body);
    transfer.finish();
    if (fetchesChangesets(asked.command) && answer.status === 200)
      await this.fetches.happened(caller, admitted.repo);
    return answer.status === 200;
  }

  private async push(
    served: HgRequest,
    transfer: Transfer,
    caller: Caller,
    { repo }: Admitted,
  ): Promise<boolean> {
    const { request } = transfer;
    if (request.headers['transfer-encoding'] !== undefined)
      throw new ClientRefusal(411, 'a push must say how long it is (Content-Length)');
    if (Number(request.headers['content-length'] ?? 0) > this.settings.maxPushBytes)
      throw new ClientRefusal(413, `a push may have ${this.settings.maxPushBytes} bytes at most`);
    let receiving;
    try {
      receiving = await this.pushes.begin(caller, repo);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      transfer.answer(200, { 'content-type': 'application/hg-error' }, `${error.message}\n`);
      return false;
    }
    let answer: HgAnswer;
    let text: Buffer;
    try {
      const body = this.body(transfer, this.settings.maxPushBytes, () => transfer.finishAlone());
      answer = await this.hg.push(served, body, transfer.signal, receiving);
      text = await whole(answer.body);
    } finally {
      await receiving.finished();
    }
    this.head(transfer, answer, false);
    transfer.response.statusCode = answer.status;
    transfer.bytes.out += text.length;
    transfer.finish(text);
    return answer.status === 200;
  }

  private body(transfer: Transfer, maxBytes: number, complete?: () => void): Readable {
    const body = new PassThrough();
    transfer.receive(transfer.request, body, maxBytes).then(
      () => {
        body.end();
        complete?.();
      },
      (error: Error) => body.destroy(error),
    );
    return body;
  }

  private head(transfer: Transfer, { status, reason, headers }: HgAnswer, hasLength: boolean): void {
    const { response } = transfer;
    response.statusCode = status;
    response.statusMessage = reason;
    for (const [name, value] of headers)
      if (!OMITTED.has(name.toLowerCase())) response.setHeader(name, value);
    const length = headers.find(([name]) => name.toLowerCase() === 'content-length');
    if (hasLength && length) response.setHeader('content-length', length[1]);
  }

  private environ(
    { parts, query }: HgClientRequest,
    { method = '', headers }: IncomingMessage,
    { principal, ip }: Caller,
  ): Record<string, string> {
    const { hostname, port, protocol, pathname } = this.publicUrl;
    const own = Object.entries(headers).flatMap(([name, value]) =>
      NOT_HANDED_ON.has(name) || typeof value !== 'string'
        ? []
        : [[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value]],
    );
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      REQUEST_METHOD: method,
      SCRIPT_NAME:
        pathname.replace(/\/+$/, '') + parts.map((part) => `/${encodeURIComponent(part)}`).join(''),
      PATH_INFO: '',
      QUERY_STRING: query,
      CONTENT_LENGTH: headers['content-length'] ?? '0',
      CONTENT_TYPE: headers['content-type'] ?? '',
      SERVER_NAME: hostname,
      SERVER_PORT: port || (protocol === 'https:' ? '443' : '80'),
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: ip,
      REMOTE_HOST: ip,
      REMOTE_USER: principal.username,
    };
  }
}

async function whole(body: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_PUSH_ANSWER_BYTES) throw new Error('Mercurial gave too long an answer to a push');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
