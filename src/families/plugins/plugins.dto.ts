import { Id, Int, JsonObjectArg, Text } from '../../rpc/argument-types.js';

export class PluginArgs {
  @Text({ description: 'id of the plugin, as `get_plugins` shows it', max: 60 }) plugin_id!: string;
}

export class ConfigurePluginArgs extends PluginArgs {
  @JsonObjectArg({
    description:
      'settings by the schema of the plugin; a secret that is left out, or given as it is shown, stays',
  })
  config!: Record<string, unknown>;
}

export class SimulatePolicyArgs extends PluginArgs {
  @Text({ optional: true, description: 'name of the policy, where the plugin has several' })
  policy?: string;

  @Id({ optional: true, description: 'on what happened to this repository; without it: on everything' })
  repoid?: number | string;

  @Int({ optional: true, min: 1, max: 1_000, description: 'how many events, the newest' })
  limit = 100;
}
