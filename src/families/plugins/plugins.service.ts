import { Injectable } from '@nestjs/common';
import type { HostedPlugin } from '../../plugin-host/hosted-plugin.js';
import { PluginHost } from '../../plugin-host/plugin-host.js';
import { UNDECIDED, type PluginDecision } from '../../plugin-host/plugin-services.js';
import type { Caller } from '../../rpc/call.js';
import { invalidParams, notFound, refused } from '../../rpc/errors.js';
import type { JsonObject } from '../../sdk/index.js';
import { PluginDecisions } from './plugin-decisions.js';

/** What stands for a secret in answers, and means "as it is" in arguments. */
const MASK = '********';

/** Shows and switches plugins. A decision holds for every process of the cluster, at once. */
@Injectable()
export class PluginsService {
  constructor(
    private readonly host: PluginHost,
    private readonly decisions: PluginDecisions,
  ) {}

  async list() {
    const decisions = await this.decisions.all();
    return this.host.all().map((plugin) => view(plugin, decisions.get(plugin.id) ?? UNDECIDED));
  }

  async show(id: string) {
    const plugin = this.found(id);
    const decision = await this.decisions.read(id);
    const { config } = decision;
    const { open, secret } = plugin.settings.split(config);
    const masked = Object.fromEntries(Object.keys(secret).map((name) => [name, MASK]));
    return {
      plugin: view(plugin, decision),
      config: { ...open, ...masked },
      config_schema: { ...plugin.settings.schema },
    };
  }

  enable(caller: Caller, id: string) {
    return this.switch(caller, id, true);
  }

  disable(caller: Caller, id: string) {
    return this.switch(caller, id, false);
  }

  async configure(caller: Caller, id: string, given: JsonObject) {
    const plugin = this.found(id);
    const { userId } = caller.principal;
    await this.decisions.change(id, plugin.settings, userId, (now) => {
      const config = { ...keptSecrets(plugin, now.config, given), ...given };
      for (const name of plugin.settings.secretNames)
        if (given[name] === MASK) config[name] = now.config[name] ?? null;
      const problem = plugin.settings.problem(structuredClone(config));
      if (problem !== null) throw invalidParams(`plugin \`${id}\`: ${problem}`);
      return { ...now, config };
    });
    return this.applied(plugin, `configured plugin \`${id}\``);
  }

  private async switch(caller: Caller, id: string, enabled: boolean) {
    const plugin = this.found(id);
    if (!plugin.manifest) throw refused(`plugin \`${id}\` cannot run: ${plugin.report().reason ?? ''}`);
    const { userId } = caller.principal;
    await this.decisions.change(id, plugin.settings, userId, (now) => ({ ...now, enabled }));
    return this.applied(plugin, `${enabled ? 'enabled' : 'disabled'} plugin \`${id}\``);
  }

  /** The feed tells this process too; waiting for it here lets the answer show what came of it. */
  private async applied(plugin: HostedPlugin, msg: string) {
    await this.host.apply(plugin.id);
    return { msg, plugin: view(plugin, await this.decisions.read(plugin.id)) };
  }

  private found(id: string): HostedPlugin {
    const plugin = this.host.plugin(id);
    if (!plugin) throw notFound(`plugin \`${id}\` does not exist`);
    return plugin;
  }
}

function view(plugin: HostedPlugin, decision: PluginDecision) {
  const { id, ...report } = plugin.report();
  return {
    ...report,
    plugin_id: id,
    enabled: plugin.isEnabled(decision),
    capabilities: { ...plugin.manifest?.capabilities },
    kinds: [...report.kinds],
    adapters: [...report.adapters],
    methods: [...report.methods],
  };
}

const keptSecrets = (plugin: HostedPlugin, now: JsonObject, given: JsonObject) =>
  Object.fromEntries(
    Object.entries(now).filter(([name]) => plugin.settings.secretNames.has(name) && !(name in given)),
  ) as JsonObject;
