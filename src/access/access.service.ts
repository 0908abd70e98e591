import { Injectable } from '@nestjs/common';
import type { Principal } from '../rpc/call.js';
import { denied } from '../rpc/errors.js';
import type { AccessLevel, ObjectKind } from '../rpc/requirement.js';
import { LEVEL_WEIGHT } from './levels.js';
import { doesNotExist, ObjectDirectory, type NamedObject } from './object-directory.js';
import { Rights } from './rights.js';
import { scopesOf, type ClientOperation } from './scopes.js';

/** Loads what an argument names and insists on a level; what the caller may not see does not exist for him. */
@Injectable()
export class Access {
  constructor(
    private readonly directory: ObjectDirectory,
    private readonly rights: Rights,
  ) {}

  /** @throws RpcFault NOT_FOUND for missing and hidden alike; DENIED when only the key's scopes stand in the way */
  async require<T extends NamedObject>(
    principal: Principal,
    kind: ObjectKind,
    given: unknown,
    level: AccessLevel,
  ): Promise<T> {
    return (await this.requireWithLevel<T>(principal, kind, given, level)).object;
  }

  /** As {@link require}, with the weight that the caller has on it, which may be more than what was asked for. */
  async requireWithLevel<T extends NamedObject>(
    principal: Principal,
    kind: ObjectKind,
    given: unknown,
    level: AccessLevel,
  ): Promise<{ object: T; weight: number }> {
    const object = await this.directory.find(kind, given);
    const weight = object ? await this.rights.level(principal, kind, object.id) : 0;
    if (!object || weight < LEVEL_WEIGHT[level]) throw doesNotExist(kind, given);
    this.requireScope(principal, kind, object.name, object.name === given);
    return { object: object as T, weight };
  }

  find(kind: ObjectKind, given: unknown): Promise<NamedObject | null> {
    return this.directory.find(kind, given);
  }

  async has(principal: Principal, kind: ObjectKind, id: number, level: AccessLevel): Promise<boolean> {
    return (await this.rights.level(principal, kind, id)) >= LEVEL_WEIGHT[level];
  }

  hasGlobal(principal: Principal, permission: string): Promise<boolean> {
    return this.rights.hasGlobal(principal, permission);
  }

  /**
   * Whether the key's scopes let this object be touched; call it for names that a service takes apart itself.
   * @param isTold false: the caller gave a number, and is not to learn the name from the refusal
   */
  requireScope(principal: Principal, kind: ObjectKind, name: string, isTold = true): void {
    if (kind === 'userGroup') return;
    const scopeKind = kind === 'repo' ? 'repo' : 'group';
    if (this.isInScope(principal, scopeKind, name)) return;
    throw isTold ? lacksScope(`${scopeKind}:${name}`) : denied(`${scopeKind}:**`, UNTOLD[scopeKind]);
  }

  /** @throws RpcFault DENIED when the key's scopes do not let clients of git and Mercurial do this with repositories */
  requireScopeFor(principal: Principal, operation: ClientOperation): void {
    this.requireMethodScope(principal, operation, true);
  }

  /** As the guard does, for what a method answers that is served in another way. @throws RpcFault DENIED */
  requireMethodScope(principal: Principal, method: string, concernsObject = false): void {
    const missing = scopesOf(principal)?.missingForMethod(method, concernsObject);
    if (missing) throw lacksScope(missing);
  }

  /** Whether the key's scopes leave out some repositories or groups, so that what concerns all is not for it. */
  isLimitedToObjects(principal: Principal): boolean {
    return scopesOf(principal)?.limitObjects ?? false;
  }

  /**
   * For what goes on without the key: the scope that is missing for everything in a group, whatever is added to it
   * later. Null when none is.
   */
  missingForAllBelow(principal: Principal, groupName: string): string | null {
    const scopes = scopesOf(principal);
    const kind = (['group', 'repo'] as const).find(
      (each) => scopes?.allowsAllBelow(each, groupName) === false,
    );
    return kind ? `${kind}:${groupName}/**` : null;
  }

  /** For lists: whether the key's scopes show this repository or group at all. */
  isInScope(principal: Principal, kind: 'repo' | 'group', name: string): boolean {
    return scopesOf(principal)?.allowsObject(kind, name) ?? true;
  }
}

const UNTOLD = {
  repo: 'This API key lacks the scope for this repository',
  group: 'This API key lacks the scope for this repository group',
};

export const lacksScope = (scope: string) => denied(scope, `This API key lacks the scope \`${scope}\``);
