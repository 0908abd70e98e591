import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { RpcCall } from '../rpc/call.js';
import { denied, RpcFault } from '../rpc/errors.js';
import { requirementOf } from '../rpc/method.js';
import type { Requirement } from '../rpc/requirement.js';
import { Access, lacksScope } from './access.service.js';
import { scopesOf } from './scopes.js';

type Arguments = Record<string, unknown>;

/** Lets a call through when it meets what its method declares; leaves the loaded objects on the call. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly access: Access) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'rpc') return true;
    const requirement = requirementOf(context);
    if (!requirement || requirement.kind === 'public') return true;
    return this.admit(requirement, context.getArgByIndex(0), context.getArgByIndex(1)).then(() => true);
  }

  /**
   * Lets a call through that Nest does not know of, or throws.
   * @throws RpcFault
   */
  async admit(requirement: Requirement, args: Arguments, call: RpcCall): Promise<void> {
    const missing = scopesOf(call.principal)?.missingForMethod(call.method, concernsObject(requirement));
    if (missing) throw lacksScope(missing);
    return this.allow(requirement, args, call);
  }

  private async allow(requirement: Requirement, args: Arguments, call: RpcCall): Promise<void> {
    switch (requirement.kind) {
      case 'public':
      case 'authenticated':
      case 'service':
        return;
      case 'superAdmin':
        if (!call.principal.admin) throw denied('hg.admin');
        return;
      case 'global':
        if (!(await this.access.hasGlobal(call.principal, requirement.permission)))
          throw denied(requirement.permission);
        return;
      case 'object': {
        const { object, arg, level } = requirement;
        const found = await this.access.requireWithLevel(call.principal, object, args[arg], level);
        call.objects.set(arg, found.object);
        call.levels.set(arg, found.weight);
        return;
      }
      case 'allOf':
        for (const each of requirement.of) await this.allow(each, args, call);
        return;
      case 'anyOf':
        return this.allowAny(requirement.of, args, call);
    }
  }

  private async allowAny(
    requirements: readonly Requirement[],
    args: Arguments,
    call: RpcCall,
  ): Promise<void> {
    let first: unknown = null;
    for (const each of requirements) {
      try {
        return await this.allow(each, args, call);
      } catch (error) {
        if (!(error instanceof RpcFault)) throw error;
        first ??= error;
      }
    }
    throw first;
  }
}

export function concernsObject(requirement: Requirement): boolean {
  if (requirement.kind === 'allOf' || requirement.kind === 'anyOf')
    return requirement.of.some(concernsObject);
  return requirement.kind === 'object' && requirement.object !== 'userGroup';
}
