import { Inject, Injectable } from '@nestjs/common';
import { SEALED_COLUMNS } from '../../config/sealed-columns.js';
import { SecretBox } from '../../config/secret-box.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database, type Tx } from '../../database/database.js';
import type { AdapterConfig } from '../../plugin-host/adapter-config.js';
import { UNDECIDED, type PluginDecision } from '../../plugin-host/plugin-services.js';
import type { JsonObject } from '../../sdk/index.js';

/** Topic of the change feed; its subject is the id of the plugin. */
export const PLUGIN_TOPIC = 'plugin';
const { purpose: PURPOSE } = SEALED_COLUMNS.pluginConfig;

interface DecisionRow extends Record<string, unknown> {
  plugin_id: string;
  enabled: boolean | null;
  config: JsonObject;
  secrets_sealed: Buffer | null;
}

const SELECT = 'SELECT plugin_id, enabled, config, secrets_sealed FROM plugin_decision';
const SAVE = `
  INSERT INTO plugin_decision (plugin_id, enabled, config, secrets_sealed, updated_by)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (plugin_id) DO UPDATE SET enabled = excluded.enabled, config = excluded.config,
    secrets_sealed = excluded.secrets_sealed, updated_by = excluded.updated_by, updated_at = now()`;

/** What operators decided about plugins, for all processes. Secret settings are sealed. */
@Injectable()
export class PluginDecisions {
  private readonly followers: ((id: string) => Promise<void>)[] = [];

  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  async read(id: string, sql: Pick<Database, 'query'> = this.db): Promise<PluginDecision> {
    const [row] = await sql.query<DecisionRow>(`${SELECT} WHERE plugin_id = $1`, [id]);
    return row ? this.opened(row) : UNDECIDED;
  }

  /** By id; plugins that nobody decided about are not in it. */
  async all(): Promise<ReadonlyMap<string, PluginDecision>> {
    const rows = await this.db.query<DecisionRow>(SELECT);
    return new Map(rows.map((row) => [row.plugin_id, this.opened(row)]));
  }

  /** @param change sees the decision as it is, and answers as it shall be; one after another over the cluster */
  async change(
    id: string,
    settings: AdapterConfig,
    userId: number,
    change: (now: PluginDecision) => PluginDecision,
  ): Promise<void> {
    const { enabled } = await this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`plugin ${id}`]);
      const next = change(await this.read(id, tx));
      await this.save(tx, id, settings, userId, next);
      await this.feed.publish(tx, PLUGIN_TOPIC, id);
      return next;
    });
    if (enabled === false) for (const follow of this.followers) await follow(id);
  }

  /** Called once in the cluster for each plugin that is disabled. */
  onDisabled(follow: (id: string) => Promise<void>): void {
    this.followers.push(follow);
  }

  onChange(listener: (id: string | null) => void): void {
    this.feed.on(PLUGIN_TOPIC, listener);
  }

  private opened({ enabled, config, secrets_sealed }: DecisionRow): PluginDecision {
    const secret = secrets_sealed ? (this.box.openJson(secrets_sealed, PURPOSE) as JsonObject) : {};
    return { enabled, config: { ...config, ...secret } };
  }

  private async save(
    tx: Tx,
    id: string,
    settings: AdapterConfig,
    userId: number,
    { enabled, config }: PluginDecision,
  ): Promise<void> {
    const { open, secret } = settings.split(config);
    const sealed = Object.keys(secret).length === 0 ? null : this.box.sealJson(secret, PURPOSE);
    await tx.query(SAVE, [id, enabled, JSON.stringify(open), sealed, userId]);
  }
}
