import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database, type Row, type Sql, type Tx } from '../database/database.js';
import { GuardedHttp } from '../egress/guarded-http.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { HostedAdapter } from '../plugin-host/hosted-adapter.js';
import type { JsonObject } from '../sdk/index.js';
import { retryOnConflict } from './queue-signals.js';
import { generateSigningSecret, toPublicKey, type SignatureType } from './signing-key.js';
import { ORDER_KEY } from './relay-query.js';
import { SubscriptionActivation, type HeldChoice } from './subscription-activation.js';
import { isSameConfig, keepSecrets, shown } from './subscription-config.js';
import {
  DeliveryRefusal,
  toSubscription,
  type OpenDeliveries,
  type Pace,
  type Subscription,
  type SubscriptionScope,
  type WebhookRow,
} from './subscription.js';
import { checkConfig, checkEventTypes, checkFilter, checkPace, checkUrl } from './subscription-rules.js';
import { openSecrets, sealSecrets } from './subscription-secrets.js';

/** A new ordering is also that of what waits. $1 webhook_id, $2 ordering */
const REORDER = `
  UPDATE delivery_open d SET order_key = ${ORDER_KEY('$2::text', 'e')}
    FROM event e
   WHERE d.webhook_id = $1 AND e.event_id = d.event_id AND e.occurred_at = d.event_occurred_at`;

export interface NewSubscription extends Partial<SubscriptionScope>, Partial<Pace> {
  /** Default `webhook`. */
  readonly adapter?: string;
  readonly url?: string | null;
  readonly config?: JsonObject;
  readonly eventTypes: readonly string[];
  readonly description?: string;
  readonly active?: boolean;
  readonly createdBy: number | null;
  readonly filter?: JsonObject | null;
  readonly recordSkipped?: boolean;
  /** Default `v1`. */
  readonly signature?: SignatureType;
}

/**
 * `config` replaces the whole, but a secret member that is left out or still masked keeps its value; null removes it.
 * `active: true` also lifts a disabling by the gateway, and `held` says what becomes of what was held.
 */
export interface SubscriptionChanges
  extends
    Partial<
      Pick<
        NewSubscription,
        'url' | 'config' | 'eventTypes' | 'recursive' | 'description' | 'active' | 'filter' | 'recordSkipped'
      >
    >,
    Partial<Pace> {
  readonly held?: HeldChoice;
}

export interface SubscriptionFilter {
  /** Only subscriptions of exactly this object; `everything`: those without one. */
  readonly of?: { readonly repoId: number } | { readonly repoGroupId: number } | 'everything';
  /** Keyset: only those with a greater webhook_id. */
  readonly after?: number;
  /** Default 100. */
  readonly limit?: number;
}

/**
 * Who gets which events, and how. Knows no permissions: callers have checked them.
 * All methods throw {@link DeliveryRefusal} for what the caller did wrong.
 */
@Injectable()
export class SubscriptionsService {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly activation: SubscriptionActivation,
    private readonly box: SecretBox,
    private readonly plugins: PluginHost,
    private readonly http: GuardedHttp,
  ) {}

  /** `secret` is shown this once; null when the adapter does not sign, or signs with a pair that has a public key. */
  async create(
    input: NewSubscription,
  ): Promise<{ subscription: Subscription; secret: string | null; publicKey: string | null }> {
    const adapter = this.adapter(input.adapter ?? 'webhook', this.plugins.adapterNames());
    const { repoId = null, repoGroupId = null, url = null } = input;
    if (repoId !== null && repoGroupId !== null) {
      throw new DeliveryRefusal(
        'INVALID',
        'repogroupid: give a repository or a group, not both',
        'repogroupid',
      );
    }
    const eventTypes = checkEventTypes(input.eventTypes);
    const config = checkConfig(input.config ?? {}, url, adapter);
    checkPace(input);
    checkFilter(input.filter);
    await checkUrl(url, adapter, this.http);
    const signing = adapter.signed ? [generateSigningSecret(new Date(), input.signature)] : [];
    const [row] = await this.db.query<WebhookRow>(
      `INSERT INTO webhook (adapter, url, config, secrets_sealed, event_types, repo_id, repo_group_id, recursive,
                            description, active, created_by, max_in_flight, rate_per_minute, retry_schedule_s, ordering,
                            filter, record_skipped)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING *`,
      [
        adapter.name,
        url,
        shown(config),
        sealSecrets(this.box, { signing, config: config.secret }),
        eventTypes,
        repoId,
        repoGroupId,
        input.recursive ?? true,
        input.description ?? '',
        input.active ?? true,
        input.createdBy,
        input.maxInFlight ?? adapter.limits.maxInFlight ?? null,
        input.ratePerMinute ?? adapter.limits.ratePerMinute ?? null,
        input.retryScheduleS ?? null,
        input.ordering ?? 'none',
        input.filter ?? null,
        input.recordSkipped ?? false,
      ],
    );
    const publicKey = signing[0] ? toPublicKey(signing[0]).publicKey : null;
    const secret = publicKey === null ? (signing[0]?.secret ?? null) : null;
    return { subscription: this.shownAs(row as WebhookRow), secret, publicKey };
  }

  async update(webhookId: number, changes: SubscriptionChanges): Promise<Subscription> {
    const before = await this.row(this.db, webhookId);
    const adapter = this.adapter(before.adapter);
    const eventTypes = changes.eventTypes && checkEventTypes(changes.eventTypes);
    checkPace(changes);
    checkFilter(changes.filter);
    if (changes.url !== undefined) await checkUrl(changes.url, adapter, this.http);
    return this.db.transaction(async (tx) => {
      const row = await this.row(tx, webhookId, 'FOR UPDATE');
      const secrets = openSecrets(this.box, row.secrets_sealed);
      const url = changes.url === undefined ? row.url : changes.url;
      // Settings go with a URL: those that stay are judged with a new one
      const given = changes.config ?? (url === row.url ? undefined : row.config);
      const config = given && checkConfig(keepSecrets(given, secrets.config, adapter), url, adapter);
      if (changes.active !== undefined && changes.active !== row.active) {
        await this.activation.set(tx, webhookId, changes.active, changes.held);
      }
      if (url !== row.url || (config && !isSameConfig(config, row.config, secrets.config)))
        await this.activation.renew(tx, webhookId);
      const ordering = changes.ordering ?? row.ordering;
      if (ordering !== row.ordering) await tx.query(REORDER, [webhookId, ordering]);
      const [changed] = await tx.query<WebhookRow>(
        `UPDATE webhook SET url = $2, config = $3, secrets_sealed = $4, event_types = $5, recursive = $6,
                description = $7, max_in_flight = $8, rate_per_minute = $9, retry_schedule_s = $10, ordering = $11,
                filter = $12, record_skipped = $13, updated_at = clock_timestamp()
          WHERE webhook_id = $1 RETURNING *`,
        [
          webhookId,
          url,
          config ? shown(config) : row.config,
          config ? sealSecrets(this.box, { ...secrets, config: config.secret }) : row.secrets_sealed,
          eventTypes ?? row.event_types,
          changes.recursive ?? row.recursive,
          changes.description ?? row.description,
          changes.maxInFlight === undefined ? row.max_in_flight : changes.maxInFlight,
          changes.ratePerMinute === undefined ? row.rate_per_minute : changes.ratePerMinute,
          changes.retryScheduleS === undefined ? row.retry_schedule_s : changes.retryScheduleS,
          ordering,
          changes.filter === undefined ? row.filter : changes.filter,
          changes.recordSkipped ?? row.record_skipped,
        ],
      );
      return this.shownAs(changed as WebhookRow);
    });
  }

  /** @throws DeliveryRefusal NOT_FOUND, also for a retired one */
  async get(webhookId: number): Promise<Subscription> {
    return this.shownAs(await this.row(this.db, webhookId));
  }

  async openDeliveries(webhookId: number): Promise<OpenDeliveries> {
    const [row] = await this.db.query<OpenDeliveries & Row>(
      `SELECT count(*) FILTER (WHERE state = 'pending') AS pending,
              count(*) FILTER (WHERE state = 'leased') AS in_flight,
              count(*) FILTER (WHERE state = 'held') AS held,
              min(next_attempt_at) FILTER (WHERE state = 'pending' AND next_attempt_at <= now()) AS oldest_due
         FROM delivery_open WHERE webhook_id = $1`,
      [webhookId],
    );
    return row ?? { pending: 0, in_flight: 0, held: 0, oldest_due: null };
  }

  /** In order of webhook_id. `next` is what to pass as `after` for the following page; null at the end. */
  async list(filter: SubscriptionFilter = {}): Promise<{ items: Subscription[]; next: number | null }> {
    const { of, after = 0, limit = 100 } = filter;
    const scope = of === undefined || of === 'everything' ? {} : of;
    const rows = await this.db.query<WebhookRow>(
      `SELECT * FROM webhook
        WHERE retired_at IS NULL AND webhook_id > $1
          AND ($2::int IS NULL OR repo_id = $2) AND ($3::int IS NULL OR repo_group_id = $3)
          AND (NOT $4 OR (repo_id IS NULL AND repo_group_id IS NULL))
        ORDER BY webhook_id LIMIT $5`,
      [
        after,
        'repoId' in scope ? scope.repoId : null,
        'repoGroupId' in scope ? scope.repoGroupId : null,
        of === 'everything',
        limit + 1,
      ],
    );
    const items = rows.slice(0, limit).map((row) => this.shownAs(row));
    return { items, next: rows.length > limit ? (items.at(-1)?.webhookId ?? null) : null };
  }

  /** What was not sent yet is cancelled; the log stays until retention takes it. */
  async delete(webhookId: number): Promise<void> {
    await retryOnConflict(() =>
      this.db.transaction(async (tx) => {
        await this.row(tx, webhookId, 'FOR UPDATE');
        await tx.query('DELETE FROM webhook WHERE webhook_id = $1', [webhookId]);
        await tx.query(
          `UPDATE delivery SET state = 'cancelled', completed_at = now(), next_attempt_at = NULL,
                  last_reason = 'the subscription was deleted'
            WHERE webhook_id = $1 AND state IN ('pending', 'held')`,
          [webhookId],
        );
      }),
    );
  }

  /** For `delete_repo`, in its transaction: the repository's own subscriptions get what happened up to now, then go. */
  async retireRepo(tx: Tx, repoId: number): Promise<void> {
    await tx.query('UPDATE webhook SET retired_at = now() WHERE repo_id = $1 AND retired_at IS NULL', [
      repoId,
    ]);
  }

  /** As {@link retireRepo}, for a repository group. */
  async retireRepoGroup(tx: Tx, repoGroupId: number): Promise<void> {
    await tx.query('UPDATE webhook SET retired_at = now() WHERE repo_group_id = $1 AND retired_at IS NULL', [
      repoGroupId,
    ]);
  }

  private shownAs(row: WebhookRow): Subscription {
    return toSubscription(
      row,
      this.settings.deliveryBreakerFailures,
      this.plugins.adapter(row.adapter) !== undefined,
    );
  }

  private async row(sql: Sql, webhookId: number, lock: '' | 'FOR UPDATE' = ''): Promise<WebhookRow> {
    const [row] = await sql.query<WebhookRow>(
      `SELECT * FROM webhook WHERE webhook_id = $1 AND retired_at IS NULL ${lock}`,
      [webhookId],
    );
    if (!row) throw new DeliveryRefusal('NOT_FOUND', `webhook \`${webhookId}\` does not exist`);
    return row;
  }

  /** @param among those that may be asked for; queues of plugins' handlers are kept, not made, by people */
  private adapter(name: string, among: readonly string[] | null = null): HostedAdapter {
    const adapter = this.plugins.adapter(name);
    if (adapter && (among === null || among.includes(name))) return adapter;
    const known = this.plugins.adapterNames().join(', ');
    throw new DeliveryRefusal(
      'INVALID',
      `adapter: ${JSON.stringify(name)} is not one of ${known}`,
      'adapter',
    );
  }
}
