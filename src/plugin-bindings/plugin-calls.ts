import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Capabilities } from '../plugin-host/capabilities.js';
import type { PluginManifest } from '../plugin-host/plugin-manifest.js';
import { Dispatcher } from '../rpc/dispatcher.js';
import { denied } from '../rpc/errors.js';
import { MethodRegistry } from '../rpc/method-registry.js';
import { isReading } from '../rpc/reading-methods.js';
import type { Requirement } from '../rpc/requirement.js';
import type { Json, JsonObject } from '../sdk/index.js';
import { PluginPrincipals } from './plugin-principals.js';

export interface CallingPlugin {
  readonly id: string;
  readonly manifest: PluginManifest;
  readonly capabilities: Capabilities;
}

/** `ctx.call`: the methods of the API from the inside, as `plugin:<id>` and within the plugin's capabilities. */
@Injectable()
export class PluginCalls {
  private readonly log = new Logger('PluginCalls');

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly registry: MethodRegistry,
    private readonly principals: PluginPrincipals,
  ) {}

  /** @throws RpcFault as a client would read it; DENIED for what `capabilities` do not name */
  async call({ id, manifest, capabilities }: CallingPlugin, method: string, args: JsonObject): Promise<Json> {
    if (!capabilities.mayCall(method)) {
      this.log.warn(`plugin:${id} was refused ${method}: not in capabilities.methods of its plugin.json`);
      throw denied(method, `plugin.json of ${id} does not name the method ${method} in capabilities.methods`);
    }
    const requires = this.registry.get(method)?.requires;
    const changes = requires !== undefined && writes(requires) && !isReading(method);
    const principal = await this.principals.of(id, manifest, changes);
    return this.dispatcher.callInside(method, args, principal, `plugin:${id}:${randomUUID()}`);
  }
}

/** Whether a method asks for more than to read an object; what asks for none at all is looked at by its name alone. */
function writes(requirement: Requirement): boolean {
  if (requirement.kind === 'object') return requirement.level !== 'read' && requirement.level !== 'none';
  if (requirement.kind === 'anyOf' || requirement.kind === 'allOf') return requirement.of.some(writes);
  return requirement.kind === 'service';
}
