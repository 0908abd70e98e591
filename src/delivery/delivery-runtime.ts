import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database } from '../database/database.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { storeOnly } from '../plugin-host/plugin-services.js';
import { DeliveryWorker } from './delivery-worker.js';
import { Janitor } from './janitor.js';
import { Relay } from './relay.js';
import { SqlPluginStore } from './sql-plugin-store.js';

/** Starts plugins in every process, and delivery where the role says so; stops both before the database goes. */
@Injectable()
export class DeliveryRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly delivers: boolean;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly db: Database,
    private readonly plugins: PluginHost,
    private readonly relay: Relay,
    private readonly worker: DeliveryWorker,
    private readonly janitor: Janitor,
  ) {
    this.delivers = settings.roles.has('delivery');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.plugins.start((pluginId) => storeOnly(new SqlPluginStore(this.db, pluginId)));
    if (!this.delivers) return;
    await this.janitor.prepare();
    this.janitor.start();
    this.worker.start();
    this.relay.start(() => this.worker.wake());
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.delivers) return;
    await this.relay.stop();
    await this.worker.stop();
    await this.janitor.stop();
  }
}
