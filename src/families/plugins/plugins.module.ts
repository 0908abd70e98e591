import { Module } from '@nestjs/common';
import { PluginHostModule } from '../../plugin-host/plugin-host.module.js';
import { PluginDecisions } from './plugin-decisions.js';
import { PluginsRpc } from './plugins.rpc.js';
import { PolicySimulation } from './policy-simulation.service.js';
import { PluginsService } from './plugins.service.js';

@Module({
  imports: [PluginHostModule],
  controllers: [PluginsRpc],
  providers: [PluginDecisions, PluginsService, PolicySimulation],
  exports: [PluginDecisions, PluginHostModule],
})
export class PluginsModule {}
