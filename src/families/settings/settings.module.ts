import { Module } from '@nestjs/common';
import { GatewaySettings } from './gateway-settings.js';

@Module({ providers: [GatewaySettings], exports: [GatewaySettings] })
export class SettingsModule {}
