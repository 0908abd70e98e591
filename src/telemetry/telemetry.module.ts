import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { RPC_LOGGER } from '../rpc/call-log.js';

/** The one logger and the one metrics registry of this gateway. */
@Global()
@Module({})
export class TelemetryModule {
  static with(logger: Logger): DynamicModule {
    return {
      module: TelemetryModule,
      providers: [
        { provide: RPC_LOGGER, useValue: logger },
        { provide: Registry, useFactory: createRegistry },
      ],
      exports: [RPC_LOGGER, Registry],
    };
  }
}

function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'forgegate_' });
  return registry;
}
