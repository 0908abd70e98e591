import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SqlPluginStore } from '../delivery/sql-plugin-store.js';
import { GuardedHttp } from '../egress/guarded-http.js';
import { PluginDecisions } from '../families/plugins/plugin-decisions.js';
import { Capabilities } from '../plugin-host/capabilities.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { PluginManifest } from '../plugin-host/plugin-manifest.js';
import type { PluginServices } from '../plugin-host/plugin-services.js';
import { PluginCalls } from './plugin-calls.js';
import { PluginEvents } from './plugin-events.js';

const HTTP_DEADLINE_MS = 30_000;

/** Gives plugins what `ctx` reaches of the gateway, and brings them into the state that operators decide, at any time. */
@Injectable()
export class PluginRuntime implements OnModuleInit {
  private readonly log = new Logger('PluginRuntime');

  constructor(
    private readonly host: PluginHost,
    private readonly decisions: PluginDecisions,
    private readonly db: Database,
    @Inject(GuardedHttp) private readonly http: GuardedHttp,
    private readonly calls: PluginCalls,
    private readonly events: PluginEvents,
  ) {}

  onModuleInit(): void {
    this.host.provide((id, manifest) => this.servicesOf(id, manifest));
    this.host.decideBy((id) => this.decisions.read(id));
    this.decisions.onChange((changed) => {
      const ids = changed === null ? this.host.all().map(({ id }) => id) : [changed];
      for (const id of ids) {
        this.host
          .apply(id)
          .catch((error: unknown) => this.log.error(`plugin ${id}: ${(error as Error).message}`));
      }
    });
  }

  private servicesOf(id: string, manifest: PluginManifest | null): PluginServices {
    const plugin = manifest && { id, manifest, capabilities: new Capabilities(manifest) };
    const unknown = () => Promise.reject(new Error('a plugin without a manifest does not run'));
    return {
      store: new SqlPluginStore(this.db, id),
      http: {
        request: (url, request) =>
          this.http.request(url, request, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) }),
      },
      call: plugin ? (method, args) => this.calls.call(plugin, method, args) : unknown,
      emit: manifest ? (type, data, about) => this.events.emit(id, manifest, type, data, about) : unknown,
    };
  }
}
