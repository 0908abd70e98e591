import { JsonObjectArg, Text } from '../../rpc/argument-types.js';

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
