import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { ReposDirectory } from '../../families/repos/repos.directory.js';
import { RPC_LOGGER } from '../../rpc/call-log.js';
import { ClientAddresses, limitedBy } from '../../rpc/http/client-address.js';
import { requestIdFrom } from '../../rpc/http/request-id.js';
import { TokenBuckets } from '../../rpc/rate-limit.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { RepositoryPaths } from '../repository-paths.js';
import { GistViews } from './gist-views.js';
import { ViewMetrics } from './view-metrics.js';
import { Refusal, refusalAnswer, refusalOf, missing, tooMany, unknown } from './refusal.js';
import { RepoViews } from './repo-views.js';
import { send } from './send.js';
import { Slots } from '../slots.js';
import { ViewAccess, type Visitor } from './view-access.js';
import type { ViewAnswer, ViewRequest } from './view.js';

/** Part of all places that one user, or one address without a user, may take. */
const SHARE = 1 / 4;
/** What may end by itself when the gateway stops. */
const GRACE_MS = 3_000;

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parts: readonly string[];
  readonly startedAt: number;
  readonly requestId: string;
  readonly ip: string;
  readonly stop: AbortController;
  visitor: Visitor | null;
  /** Which view it was, for the metrics. */
  name: string;
}

/** Web views of repositories and gists: everything outside of `/_admin/`, and `/_admin/gists/`. Reads only. */
@Injectable()
export class ViewServer implements BeforeApplicationShutdown {
  private readonly addresses: ClientAddresses;
  private readonly addressLimits: TokenBuckets<string>;
  private readonly slots: Slots;
  private readonly open = new Set<Visit>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(RPC_LOGGER) private readonly logger: Logger,
    private readonly paths: RepositoryPaths,
    private readonly repos: ReposDirectory,
    private readonly root: RepoRoot,
    private readonly vcs: VersionControl,
    private readonly access: ViewAccess,
    private readonly views: RepoViews,
    private readonly gists: GistViews,
    private readonly metrics: ViewMetrics,
  ) {
    this.addresses = new ClientAddresses(settings.trustedProxies);
    const { transferConcurrency } = settings;
    this.slots = new Slots(transferConcurrency, Math.ceil(transferConcurrency * SHARE));
    this.addressLimits = new TokenBuckets(settings.rateLimitPerAddress, settings.rateLimitBurst);
  }

  /** @returns false when the request is for somebody else */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const parts = this.paths.parts(request.url ?? '');
    if (parts?.[0] === '_admin' && parts[1] !== 'gists') return false;
    void this.serve(request, response, parts);
    return true;
  }

  /** Lets what is short end, and stops downloads. */
  async beforeApplicationShutdown(): Promise<void> {
    const until = Date.now() + GRACE_MS;
    while (this.open.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { stop, response } of this.open) {
      stop.abort();
      response.destroy();
    }
  }

  private async serve(
    request: IncomingMessage,
    response: ServerResponse,
    parts: readonly string[] | null,
  ): Promise<void> {
    const stop = new AbortController();
    const visit: Visit = {
      request,
      response,
      parts: parts ?? [],
      startedAt: performance.now(),
      requestId: requestIdFrom(request.headers['x-request-id']),
      ip: this.addresses.of(request),
      stop,
      visitor: null,
      name: 'none',
    };
    response.setHeader('x-request-id', visit.requestId);
    this.open.add(visit);
    response.on('close', () => stop.abort());
    let bytes = 0;
    let refusal: Refusal | null = null;
    try {
      if (parts === null) throw missing();
      bytes = await this.answered(visit);
    } catch (error) {
      refusal = refusalOf(error);
      await this.refuse(visit, refusal).catch(() => response.destroy());
    } finally {
      this.open.delete(visit);
      const status = response.writableEnded ? String(response.statusCode) : 'left';
      this.metrics.record(visit.name, status, (performance.now() - visit.startedAt) / 1000);
      this.log(visit, bytes, refusal);
    }
  }

  private async answered(visit: Visit): Promise<number> {
    const { request, response, parts, requestId, ip, stop } = visit;
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Refusal(405, 'This can only be read.', { allow: 'GET, HEAD' });
    const wait = this.addressLimits.take(limitedBy(ip), 1, performance.now());
    if (wait > 0) throw tooMany(wait);
    const query = new URLSearchParams(/\?([^#]*)/.exec(request.url ?? '')?.[1]);
    const visitor = await this.access.visitor(request.headers, query, parts, ip);
    visit.visitor = visitor;
    const { principal, anonymous } = visitor;
    const release = this.slots.take(anonymous ? limitedBy(ip) : principal.username);
    if (release === null) throw tooMany(1);
    const timer = setTimeout(() => stop.abort(), this.settings.transferTimeoutMs).unref();
    try {
      const view = { principal, anonymous, ip, requestId, headers: request.headers, signal: stop.signal };
      const answer = await this.withinDeadline(stop, () => this.view(view, visitor, visit));
      response.setTimeout(this.settings.transferIdleTimeoutMs, () => response.destroy());
      return await send(request, response, visitor.byAddress ? unkept(answer) : answer);
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  private async withinDeadline<T>(stop: AbortController, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => stop.abort(), this.settings.callDeadlineMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }

  private async view(view: ViewRequest, visitor: Visitor, visit: Visit): Promise<ViewAnswer> {
    const { parts } = visit;
    if (parts[0] === '_admin') {
      visit.name = 'gist';
      return this.gist(view, parts.slice(2));
    }
    const found = await this.paths.resolve(parts);
    const target = found && this.views.find(found.rest);
    const isNamed = found?.isNamed ?? false;
    await this.access.require(visitor, found?.repo ?? null, target?.view ?? null, isNamed);
    if (found === null || target === null) throw missing();
    visit.name = target.view.path.join('/') || 'repository';
    const repo = await this.access.shown(visitor, found.repo);
    const { url } = this.repos.ref(repo);
    return target.view.show({
      ...view,
      repo,
      url,
      home: new URL(url).pathname,
      directory: this.root.directory(repo.repo_name),
      backend: this.vcs.backend(repo.repo_type),
      rest: target.rest,
    });
  }

  private async gist(view: ViewRequest, parts: readonly string[]): Promise<ViewAnswer> {
    try {
      return await this.gists.show(view, parts);
    } catch (error) {
      const refusal = refusalOf(error);
      throw refusal.status === 404 && view.anonymous ? unknown() : refusal;
    }
  }

  private async refuse({ request, response }: Visit, refusal: Refusal): Promise<void> {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // A body that nobody reads would be taken for the next request.
    if (request.method !== 'GET' && request.method !== 'HEAD') response.setHeader('connection', 'close');
    await send(request, response, refusalAnswer(refusal, request.headers.accept));
  }

  /** Never the query, where a key may stand. */
  private log(visit: Visit, bytes: number, refusal: Refusal | null): void {
    const { request, parts, response, startedAt, visitor, requestId, ip } = visit;
    const ms = performance.now() - startedAt;
    const isFault = refusal?.cause !== undefined && refusal.status >= 500;
    const level = isFault ? 'warn' : ms >= this.settings.slowCallMs ? 'info' : 'debug';
    if (level === 'debug' && !this.logger.isLevelEnabled('debug')) return;
    this.logger[level](
      {
        request_id: requestId,
        view: parts.join('/').slice(0, 256),
        method: request.method,
        status: response.statusCode,
        user: visitor?.principal.username ?? null,
        ip,
        bytes,
        ms: Math.round(ms * 100) / 100,
        ...(isFault ? { err: refusal.cause } : {}),
      },
      'web view',
    );
  }
}

/** A copy that is found by an address with a key in it must not be. */
const unkept = (answer: ViewAnswer): ViewAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'cache-control': 'private, no-store' },
});
