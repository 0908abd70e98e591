import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EgressModule } from '../egress/egress.module.js';
import { PluginsModule } from '../families/plugins/plugins.module.js';
import { ReposModule } from '../families/repos/repos.module.js';
import { PluginMethods } from './methods/plugin-methods.js';
import { PluginCalls } from './plugin-calls.js';
import { PluginEvents } from './plugin-events.js';
import { PluginHandlers } from './plugin-handlers.js';
import { PluginPolicies } from './plugin-policies.js';
import { PluginPrincipals } from './plugin-principals.js';
import { PluginSchedules } from './plugin-schedules.js';
import { PluginPagesController } from './pages/plugin-pages.controller.js';
import { PluginRuntime } from './plugin-runtime.js';

/** Connects the plugin host with the parts of the gateway that plugins add to. */
@Module({
  imports: [DeliveryModule, EgressModule, PluginsModule, ReposModule],
  controllers: [PluginPagesController],
  providers: [
    PluginPrincipals,
    PluginCalls,
    PluginEvents,
    PluginMethods,
    PluginHandlers,
    PluginPolicies,
    PluginSchedules,
    PluginRuntime,
  ],
})
export class PluginBindingsModule {}
