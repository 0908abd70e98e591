import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { Bool } from './argument-types.js';
import { ArgumentBinder } from './arguments.js';
import type { RpcCall } from './call.js';
import { CallableMethods } from './callable-methods.js';
import { RpcFault } from './errors.js';
import { JsonText } from './json-text.js';
import { MethodRegistry } from './method-registry.js';
import type { RegisteredMethod } from './method-registry.js';
import { openRpcDocument } from './openrpc/document.js';
import { installedExamples, type ExecutedCall } from './openrpc/executed-examples.js';
import { anything } from './result-shapes.js';

export const DISCOVER = 'rpc.discover';

export class DiscoverArgs {
  @Bool({ description: 'leave out what the caller could not call' }) mine = false;
}

/** The OpenRPC document, made from the registered methods themselves. */
@Injectable()
export class Discovery {
  /** `rpc.discover` as a method: reserved by JSON-RPC, so it belongs to no family. */
  readonly method: RegisteredMethod = {
    name: DISCOVER,
    family: 'rpc',
    declaredBy: 'Discovery.answer',
    requires: { kind: 'public' },
    summary: 'This document',
    result: anything,
    args: [],
    aliases: [],
    binder: new ArgumentBinder(DISCOVER, DiscoverArgs),
  };
  private whole: { readonly version: number; readonly text: JsonText } | null = null;
  private examples: readonly ExecutedCall[] | null = null;

  constructor(
    private readonly registry: MethodRegistry,
    private readonly callable: CallableMethods,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  answer({ mine }: DiscoverArgs, { principal }: RpcCall): JsonText | Promise<JsonText> {
    if (!mine) return this.ofAll();
    if (principal.userId === 0) throw new RpcFault('KEY_INVALID', '`mine` needs an API key');
    return this.callable.of(principal, this.registry.list()).then((methods) => this.document(methods));
  }

  private ofAll(): JsonText {
    const { version } = this.registry;
    if (this.whole?.version !== version) this.whole = { version, text: this.document(this.registry.list()) };
    return this.whole.text;
  }

  private document(methods: readonly RegisteredMethod[]): JsonText {
    const examples = (this.examples ??= installedExamples());
    return new JsonText(JSON.stringify(openRpcDocument(methods, examples, this.settings.publicUrl)));
  }
}
