import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { SETTINGS } from '../config/settings.js';
import type { Settings } from '../config/settings.js';
import { Authenticator } from './authenticator.js';
import { MethodRegistry } from './method-registry.js';

@Injectable()
export class JsonRpcTransport extends Server implements CustomTransportStrategy {
  constructor(
    @Inject(SETTINGS) readonly settings: Settings,
    readonly registry: MethodRegistry,
    readonly authenticator: Authenticator,
  ) {
    super();
  }

  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  handle(_request: IncomingMessage, _response: ServerResponse): boolean {
    return false;
  }

  listen(callback: (error?: unknown) => void): void {
    callback();
  }

  close(): void {}

  on(): never {
    throw new Error('The RPC transport has no events');
  }

  unwrap<T>(): T {
    throw new Error('The RPC transport has no server of its own');
  }
}
