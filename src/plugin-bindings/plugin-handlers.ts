import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HandlerQueues } from '../delivery/handler-queues.js';
import { PluginDecisions } from '../families/plugins/plugin-decisions.js';
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
      add: ({ adapter, types }) => this.queues.open(adapter.name, types, adapter.summary),
      // Stopping is no decision: the next process goes on where this one ended.
      remove: () => undefined,
    });
    this.decisions.onDisabled((id) => this.queues.hold(id));
  }
}
