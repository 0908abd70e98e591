import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { GatewaySettings } from './gateway-settings.js';
import { SettingsRpc } from './settings.rpc.js';
import { UpdateSettings } from './update-settings.js';

@Module({
  imports: [UsersModule],
  controllers: [SettingsRpc],
  providers: [GatewaySettings, UpdateSettings],
  exports: [GatewaySettings],
})
export class SettingsModule {}
