import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SubscriptionActivation } from './subscription-activation.js';

/** Names of the queues of one plugin's handlers. */
const ofPlugin = (pluginId: string) => `plugin:${pluginId}:`;

const ENSURE = `
  INSERT INTO webhook (adapter, event_types, description, recursive) VALUES ($1, $2, $3, true)
  ON CONFLICT (adapter) WHERE starts_with(adapter, 'plugin:') DO UPDATE
    SET event_types = excluded.event_types, description = excluded.description, updated_at = clock_timestamp()
  RETURNING webhook_id, active`;

/** The subscriptions behind event handlers of plugins: one for each handler, for the whole cluster. */
@Injectable()
export class HandlerQueues {
  constructor(
    private readonly db: Database,
    private readonly activation: SubscriptionActivation,
  ) {}

  /** The handler runs: makes its queue, or goes on with what was held for it. */
  async open(adapter: string, eventTypes: readonly string[], description: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const [row] = await tx.query<{ webhook_id: number; active: boolean }>(ENSURE, [
        adapter,
        eventTypes,
        description,
      ]);
      if (row && !row.active) await this.activation.set(tx, row.webhook_id, true, 'all');
    });
  }

  /** The plugin was disabled by an operator: what happens meanwhile is held for it. */
  async hold(pluginId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<{ webhook_id: number }>(
        `SELECT webhook_id FROM webhook WHERE starts_with(adapter, $1) AND active FOR UPDATE`,
        [ofPlugin(pluginId)],
      );
      for (const { webhook_id } of rows) await this.activation.set(tx, webhook_id, false, undefined);
    });
  }
}
