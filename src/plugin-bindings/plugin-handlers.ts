import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HandlerQueues } from '../delivery/handler-queues.js';
import { PluginDecisions } from '../families/plugins/plugin-decisions.js';
import { nearestName } from '../config/nearest-name.js';
import { allEventContracts, matchesAnyEvent } from '../events/catalogue.js';
import type { HostedHandler } from '../plugin-host/contributions.js';
import { PluginHost } from '../plugin-host/plugin-host.js';

/** Event handlers of plugins: each has a subscription of its own, which outlives the process and the plugin's pauses. */
@Injectable()
export class PluginHandlers implements OnModuleInit {
  constructor(
    private readonly host: PluginHost,
    private readonly queues: HandlerQueues,
    private readonly decisions: PluginDecisions,
  ) {}

  onModuleInit(): void {
    this.host.bind('handler', {
      add: async (handler) => {
        const { adapter, types } = handler;
        await this.queues.open(adapter.name, types, adapter.summary);
        // Types of plugins that start later are known then
        void this.host.started.then(
          () => tellOfUnknownTypes(handler),
          () => undefined,
        );
      },
      // Stopping is no decision: the next process goes on where this one ended.
      remove: () => undefined,
    });
    this.decisions.onDisabled((id) => this.queues.hold(id));
  }
}

/** It may be one of a plugin that is not there, so the handler runs; more often it is a slip of the pen. */
function tellOfUnknownTypes({ name, types, adapter: { owner } }: HostedHandler): void {
  for (const type of types.filter((each) => !matchesAnyEvent(each))) {
    const known = allEventContracts().map((contract) => contract.type);
    const text = `handler ${name} waits for ${type}, which no event type is called; the nearest one is ${nearestName(type, known)}`;
    owner.boundary.health.lastError = text;
    owner.log.warn(text);
  }
}
