import { Injectable } from '@nestjs/common';
import type { Principal } from '../rpc/call.js';
import { CallableMethods } from '../rpc/callable-methods.js';
import type { DescribedMethod } from '../rpc/described-method.js';
import type { ObjectKind, Requirement } from '../rpc/requirement.js';
import { concernsObject } from './access.guard.js';
import { LEVEL_WEIGHT } from './levels.js';
import { Rights } from './rights.js';
import { scopesOf } from './scopes.js';

const KINDS: readonly ObjectKind[] = ['repo', 'repoGroup', 'userGroup'];

/** What the guard would say of each method, if the caller named the object on which he may do most. */
@Injectable()
export class CallableByRights extends CallableMethods {
  constructor(private readonly rights: Rights) {
    super();
  }

  async of<M extends DescribedMethod>(principal: Principal, methods: readonly M[]): Promise<M[]> {
    const scopes = scopesOf(principal);
    const [globals, ...levels] = await Promise.all([
      this.rights.globalPermissions(principal.userId),
      ...KINDS.map((kind) => this.rights.highestLevel(principal, kind)),
    ]);
    const meets = (requirement: Requirement): boolean => {
      switch (requirement.kind) {
        case 'public':
        case 'authenticated':
        case 'service':
          return true;
        case 'superAdmin':
          return principal.admin;
        case 'global':
          return principal.admin || globals.has(requirement.permission);
        case 'object':
          return (levels[KINDS.indexOf(requirement.object)] ?? 0) >= LEVEL_WEIGHT[requirement.level];
        case 'allOf':
          return requirement.of.every(meets);
        case 'anyOf':
          return requirement.of.some(meets);
      }
    };
    return methods.filter(
      ({ name, requires }) => meets(requires) && !scopes?.missingForMethod(name, concernsObject(requires)),
    );
  }
}
