import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseOutage } from '../../database/outage.js';
import { RPC_LOGGER } from '../../rpc/call-log.js';
import type { Caller } from '../../rpc/call.js';
import { ClientAddresses, limitedBy } from '../../rpc/http/client-address.js';
import { requestIdFrom } from '../../rpc/http/request-id.js';
import { VcsError } from '../../vcs/vcs.js';
import { RepositoryPaths } from '../repository-paths.js';
import { Slots } from '../slots.js';
import { ClientGate, type Admitted } from './client-gate.js';
import { ClientMetrics } from './client-metrics.js';
import { ClientRefusal, unavailable } from './client-refusal.js';
import { readClientRequest, type ClientRequest } from './client-request.js';
import { GitEndpoint } from './git-endpoint.js';
import { hgOperation } from './hg-commands.js';
import { HgEndpoint } from './hg-endpoint.js';
import { Transfer } from './transfer.js';

type Served = Exclude<ClientRequest, { kind: 'dumb' | 'lfs' }>;
type Operation = 'fetch' | 'push';

/** How long running transfers may go on when the gateway stops. */
const GRACE_MS = 3_000;
/** Part of all places that one user, or one address without a user, may take. */
const SHARE = 1 / 2;
const RETRY_S = 5;
const BUSY = 'too many clients are being served, try again later';
const STOPPING = unavailable('the server is stopping', 1);
/** What is said to whoever has got nothing yet. */
const ENDINGS = {
  'too slow': new ClientRefusal(408, 'this took too long, or nothing moved for too long'),
  stopping: STOPPING,
  left: null,
} as const;
const YOURS = 'too many requests of yours are being served, try again later';
const SMART_ONLY = "this server speaks git's smart protocol only; use git 1.6.6 or newer";
const NO_LFS = 'Git LFS is not served here; the repository itself can be cloned with GIT_LFS_SKIP_SMUDGE=1';
const LFS_JSON = 'application/vnd.git-lfs+json';

/** Takes the requests of git and Mercurial clients from admission to the end of their answer. */
@Injectable()
export class Clients implements OnModuleDestroy {
  private readonly addresses: ClientAddresses;
  private readonly slots: Slots;
  private readonly running = new Set<Transfer>();
  /** Those that run, and those whose client still sends although it has its answer. */
  private readonly open = new Set<Transfer>();
  private whenIdle: (() => void) | null = null;
  private isStopping = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(RPC_LOGGER) private readonly log: Logger,
    private readonly paths: RepositoryPaths,
    private readonly gate: ClientGate,
    private readonly git: GitEndpoint,
    private readonly hg: HgEndpoint,
    private readonly metrics: ClientMetrics,
  ) {
    this.addresses = new ClientAddresses(settings.trustedProxies);
    const { transferConcurrency, transferWaitMs } = settings;
    this.slots = new Slots(transferConcurrency, Math.ceil(transferConcurrency * SHARE), transferWaitMs);
  }

  /** @returns false when the request is no client's */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const asked = readClientRequest(request.method ?? '', request.url ?? '', (url) => this.paths.parts(url));
    if (asked === null) return false;
    const transfer = new Transfer(request, response, {
      idleMs: this.settings.transferIdleTimeoutMs,
      totalMs: this.settings.transferTimeoutMs,
    });
    this.open.add(transfer);
    response.once('close', () => this.open.delete(transfer));
    if (asked.kind === 'git' || asked.kind === 'hg') {
      void this.serve(asked, transfer);
      return true;
    }
    if (asked.kind === 'dumb') refuse(transfer, new ClientRefusal(403, SMART_ONLY));
    else transfer.answer(501, { 'content-type': LFS_JSON }, JSON.stringify({ message: NO_LFS }));
    transfer.close();
    return true;
  }

  /** Takes nothing new, lets what runs end for some seconds, then ends it. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.slots.refuseWaiting();
    if (this.running.size > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GRACE_MS);
        this.whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    for (const transfer of this.open) transfer.end('stopping');
  }

  private async serve(asked: Served, transfer: Transfer): Promise<void> {
    const { request, response } = transfer;
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    const caller = { requestId, ip: this.addresses.of(request), signal: transfer.signal };
    const operation = operationOf(asked, request);
    const admit = () => this.gate.admit(request, caller.ip, asked.parts, operation, asked.kind);
    const running = this.metrics.running.labels(asked.kind, operation);
    running.inc();
    let outcome = 'ok';
    let cause: unknown;
    let user: string | undefined;
    let release: (() => void) | null = null;
    let admitted: Admitted | null = null;
    try {
      requireMethod(asked, request);
      this.enter(transfer);
      admitted = await admit();
      user = admitted.principal.username;
      const client = admitted.anonymous ? limitedBy(caller.ip) : user;
      release = this.slots.take(client);
      if (release === null) {
        release = await this.waited(client, transfer);
        // He may have lost his right while he waited
        admitted = await admit();
      }
      const known: Caller = { ...caller, principal: admitted.principal };
      const isServed = await (asked.kind === 'git'
        ? this.git.serve(asked, transfer, known, admitted)
        : this.hg.serve(asked, operation, transfer, known, admitted));
      if (!isServed) outcome = 'failed';
    } catch (error) {
      const refusal = transfer.ending === null ? this.refusalOf(error, admitted) : ENDINGS[transfer.ending];
      outcome = transfer.ending ?? String(refusal?.status);
      if (refusal) refuse(transfer, refusal);
      else response.destroy();
      if (transfer.ending === null && refusal && refusal.status >= 500 && !(error instanceof ClientRefusal))
        cause = error;
    } finally {
      transfer.close();
      release?.();
      running.dec();
      this.leave(transfer);
      const ms = performance.now() - transfer.startedAt;
      this.metrics.record(asked.kind, operation, outcome, ms / 1000, transfer.bytes);
      const level = cause ? 'warn' : ms >= this.settings.slowCallMs ? 'info' : 'debug';
      this.log[level](
        {
          request_id: requestId,
          type: asked.kind,
          operation,
          repository: asked.parts.join('/').slice(0, 255),
          user,
          ip: caller.ip,
          outcome,
          ms: Math.round(ms),
          bytes: transfer.bytes,
          ...(cause ? { err: cause } : {}),
        },
        'client request',
      );
    }
  }

  private refusalOf(error: unknown, admitted: Admitted | null): ClientRefusal {
    if (error instanceof ClientRefusal) return error;
    return (admitted && this.gate.refusalIfGone(admitted)) ?? toRefusal(error);
  }

  private enter(transfer: Transfer): void {
    if (this.isStopping) throw STOPPING;
    if (this.running.size >= this.slots.room) throw unavailable(BUSY, RETRY_S);
    this.running.add(transfer);
  }

  private async waited(client: string, { signal }: Transfer): Promise<() => void> {
    this.metrics.waiting.inc();
    const release = await this.slots.wait(client, signal).finally(() => this.metrics.waiting.dec());
    if (release !== null) return release;
    throw this.isStopping ? STOPPING : unavailable(this.slots.isFull ? BUSY : YOURS, RETRY_S);
  }

  private leave(transfer: Transfer): void {
    this.running.delete(transfer);
    if (this.running.size === 0) this.whenIdle?.();
  }
}

function operationOf(asked: Served, { headers }: IncomingMessage): Operation {
  if (asked.kind === 'hg') return hgOperation(asked.command, asked.query, headers);
  return asked.service === 'receive-pack' ? 'push' : 'fetch';
}

function requireMethod(asked: Served, { method }: IncomingMessage): void {
  const allowed = asked.kind === 'hg' ? ['GET', 'POST'] : [asked.advertise ? 'GET' : 'POST'];
  if (!allowed.includes(method ?? ''))
    throw new ClientRefusal(405, `the method must be ${allowed.join(' or ')}`, { allow: allowed.join(', ') });
}

function toRefusal(error: unknown): ClientRefusal {
  if (error instanceof VcsError && error.code === 'NOT_INSTALLED')
    return new ClientRefusal(501, error.message);
  if (error instanceof DatabaseOutage)
    return unavailable('the database cannot be reached now, try again', RETRY_S);
  return new ClientRefusal(500, 'this could not be served; the server knows more');
}

/** git shows the text, Mercurial the reason behind the status. */
function refuse(transfer: Transfer, { status, message, headers }: ClientRefusal): void {
  if (transfer.response.headersSent) {
    transfer.response.destroy();
    return;
  }
  const all = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers };
  transfer.answer(status, all, `${message}\n`, message.replace(/[^\x20-\x7e]/g, '?'));
}
