import { Module } from '@nestjs/common';
import { PluginHost } from './plugin-host.js';

@Module({ providers: [PluginHost], exports: [PluginHost] })
export class PluginHostModule {}
