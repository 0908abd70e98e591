import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SecretBox } from './secret-box.js';
import { SETTINGS, type Settings } from './settings.js';

/** What was settled before the application was made. */
@Global()
@Module({})
export class ConfigModule {
  static with(settings: Settings, secrets: SecretBox): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: SecretBox, useValue: secrets },
      ],
      exports: [SETTINGS, SecretBox],
    };
  }
}
