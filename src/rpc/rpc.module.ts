import { Global, Module } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { JsonRpcTransport } from './json-rpc.transport.js';
import { MethodRegistry } from './method-registry.js';
import { RpcFaultFilter } from './rpc-fault.filter.js';

/** Needs from outside (global modules): `SETTINGS` and an `Authenticator`. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [MethodRegistry, JsonRpcTransport, { provide: APP_FILTER, useClass: RpcFaultFilter }],
  exports: [MethodRegistry, JsonRpcTransport],
})
export class RpcModule {}
