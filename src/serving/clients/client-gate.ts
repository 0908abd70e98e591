import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { HttpAuthenticator } from '../../access/http-authenticator.js';
import type { RepoRecord } from '../../families/repos/repo-record.js';
import type { Principal } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { RepoType } from '../../vcs/vcs.js';
import { evenTime } from '../even-time.js';
import { RepositoryPaths } from '../repository-paths.js';
import { ClientRefusal, mustSignIn, unavailable } from './client-refusal.js';

export interface Admitted {
  readonly principal: Principal;
  /** Nobody signed in. */
  readonly anonymous: boolean;
  readonly repo: RepoRecord;
}

const RETRY_S = 5;
const PROGRAMS: Readonly<Record<RepoType, string>> = { git: 'git', hg: 'Mercurial' };

/** Decides who may fetch from and push to what. */
@Injectable()
export class ClientGate {
  constructor(
    private readonly authenticator: HttpAuthenticator,
    private readonly access: Access,
    private readonly paths: RepositoryPaths,
    private readonly root: RepoRoot,
  ) {}

  /** @throws ClientRefusal; missing and hidden repositories, and those that one may only read, look alike */
  async admit(
    { headers }: IncomingMessage,
    ip: string,
    parts: readonly string[],
    operation: 'fetch' | 'push',
    type: RepoType,
  ): Promise<Admitted> {
    const startedAt = performance.now();
    const identity = await this.authenticator.identify(headers, ip);
    if (identity.kind === 'throttled')
      throw unavailable('Too many failed logins, try again later', identity.retryAfterS, 429);
    if (identity.kind === 'unknown') throw mustSignIn();
    const { principal, anonymous } = identity;
    const found = await this.find(principal, parts, operation);
    if (!found) {
      await evenTime(startedAt);
      throw anonymous ? mustSignIn() : missing(parts.join('/'));
    }
    const { repo, isNamed } = found;
    this.requireScopes(principal, repo, operation, isNamed);
    requireType(repo, type);
    requireWhole(repo);
    return { principal, anonymous, repo };
  }

  /** What became of a request that broke off because its repository was renamed or deleted meanwhile; else null. */
  refusalIfGone({ repo }: Admitted): ClientRefusal | null {
    return this.root.isOnDisk(repo.repo_name, false) ? null : missing(repo.repo_name);
  }

  private async find(principal: Principal, parts: readonly string[], operation: 'fetch' | 'push') {
    const found = await this.paths.resolve(parts);
    if (!found || found.rest.length > 0) return null;
    const level = operation === 'push' ? 'write' : 'read';
    return (await this.access.has(principal, 'repo', found.repo.id, level)) ? found : null;
  }

  private requireScopes(
    principal: Principal,
    repo: RepoRecord,
    operation: 'fetch' | 'push',
    isNamed: boolean,
  ): void {
    try {
      this.access.requireScopeFor(principal, operation);
      this.access.requireScope(principal, 'repo', repo.repo_name, isNamed);
    } catch (error) {
      if (error instanceof RpcFault) throw new ClientRefusal(403, error.message);
      throw error;
    }
  }
}

const missing = (name: string) => new ClientRefusal(404, `repository \`${name}\` does not exist`);

function requireType({ repo_type, repo_name }: RepoRecord, type: RepoType): void {
  if (repo_type === type) return;
  const [is, asked] = [PROGRAMS[repo_type], PROGRAMS[type]];
  throw new ClientRefusal(400, `\`${repo_name}\` is a ${is} repository, which ${asked} cannot read`);
}

function requireWhole({ repo_state, repo_name }: RepoRecord): void {
  if (repo_state === 'repo_state_pending')
    throw unavailable(`repository \`${repo_name}\` is still being created, try again later`, RETRY_S);
  if (repo_state === 'repo_state_error')
    throw new ClientRefusal(
      409,
      `repository \`${repo_name}\` could not be created; delete it and create it again`,
    );
}
