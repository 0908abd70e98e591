import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Ajv } from 'ajv';
import { AccessGuard } from '../../access/access.guard.js';
import { eventContract } from '../../events/catalogue.js';
import { PluginFault } from '../../plugin-host/boundary.js';
import type { HostedMethod } from '../../plugin-host/contributions.js';
import { PluginHost } from '../../plugin-host/plugin-host.js';
import type { RpcCall } from '../../rpc/call.js';
import { Dispatcher } from '../../rpc/dispatcher.js';
import { RpcFault } from '../../rpc/errors.js';
import { MethodRefusal, type Json, type JsonObject } from '../../sdk/index.js';
import { describedMethod, methodRefusal } from './described-method.js';

const ajv = new Ajv({ strict: false, validateFormats: false, addUsedSchema: false });

/** Serves the methods of plugins beside the gateway's own: same dispatcher, same guard, same documentation. */
@Injectable()
export class PluginMethods implements OnModuleInit {
  private readonly served = new Map<HostedMethod, () => void>();

  constructor(
    private readonly host: PluginHost,
    private readonly dispatcher: Dispatcher,
    private readonly guard: AccessGuard,
  ) {}

  onModuleInit(): void {
    this.host.bind('methods', {
      add: (method) => this.add(method),
      remove: (method) => {
        this.served.get(method)?.();
        this.served.delete(method);
      },
    });
  }

  private add(hosted: HostedMethod): void {
    const { name, declaration } = hosted;
    const method = describedMethod(hosted, eventContract);
    try {
      const answers = ajv.compile(declaration.result);
      const withdraw = this.dispatcher.add(method, async (args, call) => {
        await this.guard.admit(method.requires, args as JsonObject, call);
        const result = await this.invoke(hosted, args as JsonObject, call);
        if (answers(result)) return result;
        const reason = ajv.errorsText(answers.errors, { dataVar: 'result' });
        const cause = new Error(`${name}: ${reason}`);
        throw new RpcFault('INTERNAL', 'Internal server error', {}, { cause });
      });
      this.served.set(hosted, withdraw);
    } catch (error) {
      throw methodRefusal(hosted, error);
    }
  }

  private async invoke(hosted: HostedMethod, args: JsonObject, call: RpcCall): Promise<Json> {
    const { userId: user_id, username, admin } = call.principal;
    try {
      return await hosted.invoke(args, {
        caller: { user_id, username, admin },
        requestId: call.requestId,
        signal: call.signal,
      });
    } catch (error) {
      throw asFault(error);
    }
  }
}

function asFault(error: unknown): unknown {
  if (error instanceof MethodRefusal) return new RpcFault(error.reason, error.message);
  if (!(error instanceof PluginFault)) return error;
  const { code, message } = error;
  if (code === 'LATE') return new RpcFault('DEADLINE', 'Request deadline exceeded', {}, { cause: error });
  if (code === 'THREW') return new RpcFault('INTERNAL', 'Internal server error', {}, { cause: error });
  return new RpcFault('REFUSED', message, {}, { cause: error });
}
