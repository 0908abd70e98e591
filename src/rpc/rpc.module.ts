import { Global, Module } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { BodyServer } from './body-server.js';
import { CallLog } from './call-log.js';
import { CallMetrics } from './call-metrics.js';
import { Discovery } from './discovery.js';
import { Dispatcher } from './dispatcher.js';
import { JsonRpcTransport } from './json-rpc.transport.js';
import { MethodRegistry } from './method-registry.js';
import { RpcFaultFilter } from './rpc-fault.filter.js';

/**
 * Needs from outside (global modules): `SETTINGS`, an `Authenticator` and `CallableMethods`; takes `RPC_LOGGER` (pino) and prom-client's
 * `Registry` where they are provided.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    MethodRegistry,
    Discovery,
    CallLog,
    CallMetrics,
    Dispatcher,
    BodyServer,
    JsonRpcTransport,
    { provide: APP_FILTER, useClass: RpcFaultFilter },
  ],
  exports: [Dispatcher, MethodRegistry, Discovery, JsonRpcTransport],
})
export class RpcModule {}
