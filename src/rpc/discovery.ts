import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../config/settings.js';
import { FORGEGATE_VERSION } from '../config/version.js';
import type { Settings } from '../config/settings.js';
import type { Json, JsonSchema } from '../sdk/index.js';
import { ArgumentBinder } from './arguments.js';
import { MethodRegistry } from './method-registry.js';
import type { RegisteredMethod } from './method-registry.js';

export const DISCOVER = 'rpc.discover';

/** The OpenRPC document, made from the registered methods themselves. */
@Injectable()
export class Discovery {
  /** `rpc.discover` as a method: reserved by JSON-RPC, so it belongs to no family. */
  readonly method: RegisteredMethod = {
    name: DISCOVER,
    family: 'rpc',
    declaredBy: 'Discovery.document',
    requires: { kind: 'public' },
    summary: 'This document',
    args: [],
    aliases: [],
    binder: new ArgumentBinder(DISCOVER, null),
  };
  private made: Json | null = null;

  constructor(
    private readonly registry: MethodRegistry,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  document(): Json {
    return (this.made ??= {
      openrpc: '1.4.1',
      info: { title: 'Forgegate', version: FORGEGATE_VERSION },
      servers: [{ name: 'gateway', url: `${this.settings.publicUrl}/_admin/rpc` }],
      methods: this.registry.list().map(describe),
    });
  }
}

function describe(method: RegisteredMethod): Json {
  return {
    name: method.name,
    summary: method.summary,
    tags: [{ name: method.family }],
    paramStructure: 'either',
    params: method.args.map((arg) => ({
      name: arg.name,
      required: arg.required,
      ...(arg.description === '' ? {} : { description: arg.description }),
      schema: asJson(arg.schema),
    })),
    result: { name: 'result', schema: asJson(method.result ?? {}) },
    ...(method.deprecated === undefined ? {} : { deprecated: true }),
  };
}

const asJson = (schema: JsonSchema): Json => structuredClone(schema) as Json;
