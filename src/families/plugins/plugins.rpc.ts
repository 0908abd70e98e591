import { superAdmin } from '../../access/requirements.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import type { JsonObject } from '../../sdk/index.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ConfigurePluginArgs, PluginArgs, SimulatePolicyArgs } from './plugins.dto.js';
import { ChangedPlugin, Plugin, PluginDetails, PolicyTrial } from './plugins.results.js';
import { PolicySimulation } from './policy-simulation.service.js';
import { PluginsService } from './plugins.service.js';

@RpcFamily('plugins')
export class PluginsRpc {
  constructor(
    private readonly plugins: PluginsService,
    private readonly simulation: PolicySimulation,
  ) {}

  @RpcMethod('get_plugins', {
    requires: superAdmin(),
    result: listOf(Plugin),
    summary: 'List the plugins that were found, with their state and why one does not run',
  })
  list() {
    return this.plugins.list();
  }

  @RpcMethod('get_plugin', {
    requires: superAdmin(),
    result: PluginDetails,
    summary: 'Show one plugin with its settings; secrets are masked',
  })
  show(@Args() { plugin_id }: PluginArgs) {
    return this.plugins.show(plugin_id);
  }

  @RpcMethod('enable_plugin', {
    requires: superAdmin(),
    result: ChangedPlugin,
    summary: 'Start a plugin in every process, also one that was paused or has failed',
  })
  enable(@Args() { plugin_id }: PluginArgs, @Caller() caller: Caller) {
    return this.plugins.enable(caller, plugin_id);
  }

  @RpcMethod('disable_plugin', {
    requires: superAdmin(),
    result: ChangedPlugin,
    summary: 'Stop a plugin in every process and withdraw what it added',
  })
  disable(@Args() { plugin_id }: PluginArgs, @Caller() caller: Caller) {
    return this.plugins.disable(caller, plugin_id);
  }

  @RpcMethod('configure_plugin', {
    requires: superAdmin(),
    result: ChangedPlugin,
    summary: 'Give a plugin its settings, which it takes without a restart of the gateway',
  })
  configure(@Args() { plugin_id, config }: ConfigurePluginArgs, @Caller() caller: Caller) {
    return this.plugins.configure(caller, plugin_id, config as JsonObject);
  }

  @RpcMethod('simulate_policy', {
    requires: superAdmin(),
    result: PolicyTrial,
    summary:
      'Ask a policy of a plugin about past pushes, merges, creations and deletions, without consequence',
  })
  simulate(@Args() args: SimulatePolicyArgs, @Caller() caller: Caller) {
    return this.simulation.run(caller, args);
  }
}
