import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { GuardedHttp } from './guarded-http.js';

@Injectable()
class GuardedHttpLifetime implements OnApplicationShutdown {
  constructor(@Inject(GuardedHttp) private readonly http: GuardedHttp) {}

  onApplicationShutdown(): Promise<void> {
    return this.http.close();
  }
}

@Module({
  providers: [
    {
      provide: GuardedHttp,
      inject: [SETTINGS],
      useFactory: ({ allowPrivateNetworks, egressProxy, deliveryTimeoutMs }: Settings) =>
        new GuardedHttp({
          allowPrivateNetworks,
          proxy: egressProxy,
          headersTimeoutMs: deliveryTimeoutMs + 1_000,
          connectTimeoutMs: Math.min(10_000, deliveryTimeoutMs),
        }),
    },
    GuardedHttpLifetime,
  ],
  exports: [GuardedHttp],
})
export class EgressModule {}
