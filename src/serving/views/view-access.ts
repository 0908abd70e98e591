import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { HttpAuthenticator, type Identity } from '../../access/http-authenticator.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { visibleParent } from '../../families/repos/fork-parent.js';
import type { RepoRecord } from '../../families/repos/repo-record.js';
import type { Principal } from '../../rpc/call.js';
import { evenTime } from '../even-time.js';
import { missing, tooMany, unknown } from './refusal.js';
import { RepoViews, type RepoView } from './repo-views.js';

export interface Visitor {
  readonly principal: Principal;
  readonly anonymous: boolean;
  /** By a key in the address, which not every view takes. */
  readonly byAddress: boolean;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

const KEY_HINT =
  'This view takes no key in the address; an administrator may allow it by FORGEGATE_API_ACCESS_CONTROLLERS_WHITELIST.';

/** Who sees what of the web views. */
@Injectable()
export class ViewAccess {
  private readonly allowed: ReadonlySet<string>;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly http: HttpAuthenticator,
    private readonly access: Access,
    private readonly views: RepoViews,
  ) {
    this.allowed = new Set<string>(['always', ...settings.apiAccessControllersWhitelist]);
  }

  /**
   * @param parts of the path: a key in the address counts when any end of it could be a view that takes one, be there
   * a repository or not, so that the answer does not tell
   * @throws Refusal 401, 429
   */
  async visitor(
    headers: IncomingHttpHeaders,
    query: URLSearchParams,
    parts: readonly string[],
    ip: string,
  ): Promise<Visitor> {
    const startedAt = performance.now();
    const hasHeader = headers.authorization !== undefined || headers['authentication'] !== undefined;
    const key = hasHeader ? null : (query.get('api_key') ?? query.get('auth_token'));
    const isTaken = key !== null && parts.some((_, index) => this.takesKey(parts.slice(index + 1)));
    const identity = isTaken ? await this.http.identifyByKey(key, ip) : await this.http.identify(headers, ip);
    return { ...known(identity, key !== null && !isTaken), byAddress: isTaken, startedAt };
  }

  /** @param repo null: there is none; @param isNamed whether the path says its name. @throws Refusal 401, 404; RpcFault DENIED when only the key's scopes are in the way */
  async require(
    visitor: Visitor,
    repo: RepoRecord | null,
    view: RepoView | null,
    isNamed: boolean,
  ): Promise<void> {
    const { principal, anonymous, byAddress, startedAt } = visitor;
    if (repo === null || !(await this.access.has(principal, 'repo', repo.repo_id, 'read'))) {
      await evenTime(startedAt);
      throw anonymous ? unknown() : missing();
    }
    if (byAddress && !this.allows(view)) throw unknown(KEY_HINT);
    this.access.requireScopeFor(principal, 'fetch');
    this.access.requireScope(principal, 'repo', repo.repo_name, isNamed);
  }

  /** As the visitor may see it. */
  async shown({ principal }: Visitor, repo: RepoRecord): Promise<RepoRecord> {
    const fork_of = await visibleParent(this.access, principal, repo);
    return fork_of === repo.fork_of ? repo : { ...repo, fork_of };
  }

  private takesKey(rest: readonly string[]): boolean {
    return this.allows(this.views.find(rest)?.view ?? null);
  }

  private allows(view: RepoView | null): boolean {
    return view?.keyInAddress !== undefined && this.allowed.has(view.keyInAddress);
  }
}

function known(identity: Identity, keyWasIgnored: boolean): { principal: Principal; anonymous: boolean } {
  switch (identity.kind) {
    case 'known':
      return identity;
    case 'unknown':
      throw unknown(keyWasIgnored ? KEY_HINT : '');
    case 'throttled':
      throw tooMany(identity.retryAfterS);
  }
}
