import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { vi } from 'vitest';
import { SecretBox } from '../../src/config/secret-box.js';
import type { Settings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/database/data-source.js';
import { PostgresChangeFeed } from '../../src/database/postgres-change-feed.js';
import { PostgresDatabase } from '../../src/database/postgres-database.js';
import { DeliveriesService } from '../../src/delivery/deliveries.service.js';
import type { DeliveryState } from '../../src/delivery/delivery-record.js';
import { DeliveryMetrics } from '../../src/delivery/delivery-metrics.js';
import { DeliveryWorker } from '../../src/delivery/delivery-worker.js';
import { EndpointKeeper } from '../../src/delivery/endpoint-keeper.js';
import { EndpointNotices } from '../../src/delivery/endpoint-notices.js';
import { Relay } from '../../src/delivery/relay.js';
import { SqlPluginStore } from '../../src/delivery/sql-plugin-store.js';
import { SubscriptionActivation } from '../../src/delivery/subscription-activation.js';
import { SubscriptionsService, type NewSubscription } from '../../src/delivery/subscriptions.service.js';
import { GuardedHttp } from '../../src/egress/guarded-http.js';
import { Outbox } from '../../src/events/outbox.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { storeOnly } from '../../src/plugin-host/plugin-services.js';
import { repoCreated, repoDeleted } from '../../src/sdk/index.js';
import { createTestDatabase } from './postgres.js';

export const RIG_SETTINGS = {
  roles: new Set(['delivery']),
  plugins: [],
  pluginsDir: null,
  pluginsStrict: true,
  pluginsIgnoreSdkRange: [],
  retentionDays: 30,
  deliveryConcurrency: 16,
  deliveryTimeoutMs: 2_000,
  deliveryRetryScheduleS: [0.05, 0.05, 0.05],
  deliveryLeaseMs: 1_000,
  deliveryBreakerFailures: 10,
  deliveryBreakerPauseMs: 500,
  deliverySlowdownMs: 5,
};

/** One process of the gateway, as far as delivery goes: its own connections, relay and worker. */
export interface RigProcess {
  readonly db: PostgresDatabase;
  readonly outbox: Outbox;
  readonly subscriptions: SubscriptionsService;
  readonly deliveries: DeliveriesService;
  readonly relay: Relay;
  readonly worker: DeliveryWorker;
  readonly http: GuardedHttp;
  readonly registry: Registry;
  start(): void;
  stop(): Promise<void>;
  /** Ends its connections without a word, as a crash does. */
  close(): Promise<void>;
}

export interface Rig extends RigProcess {
  /** Another process on the same database. */
  another(overrides?: Partial<typeof RIG_SETTINGS>): Promise<RigProcess>;
  subscribe(
    input: Partial<NewSubscription> & { url: string },
  ): Promise<{ webhookId: number; secret: string }>;
  /** Records `repo.created` of a repository, in a transaction of its own. @returns event_id */
  happen(where?: { repoId?: number; groupIds?: number[] }): Promise<number>;
  /** As `delete_repo` does it: event and retirement in one transaction. */
  deleteRepo(repoId: number): Promise<number>;
  /** Resolves when no delivery is pending or leased and the outbox is empty. */
  settled(): Promise<void>;
  states(): Promise<DeliveryState[]>;
}

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const CALLER = { userId: 1, username: 'admin' };

export async function deliveryRig(
  overrides: Partial<typeof RIG_SETTINGS> = {},
  allowPrivateNetworks: readonly string[] = LOOPBACK,
): Promise<Rig> {
  const database = await createTestDatabase();
  const box = new SecretBox(randomBytes(32));
  const processes: RigProcess[] = [];
  const open = async (more: Partial<typeof RIG_SETTINGS> = {}) => {
    const settings = { ...RIG_SETTINGS, ...overrides, ...more };
    const one = await rigProcess(database.url, box, settings, allowPrivateNetworks);
    processes.push(one);
    return one;
  };
  const first = await open();
  const { db, outbox, subscriptions } = first;
  const repositoryOf = (repoId: number) => ({ ...repoCreated.example.repository, repo_id: repoId });
  return {
    ...first,
    another: open,
    async subscribe(input) {
      const all = { eventTypes: ['*'], createdBy: 1, ...input };
      const { subscription, secret } = await subscriptions.create(all);
      return { webhookId: subscription.webhookId, secret: secret ?? '' };
    },
    happen: ({ repoId = 42, groupIds = [] } = {}) =>
      db.transaction((tx) =>
        outbox.record(tx, repoCreated, {
          caller: CALLER,
          requestId: 'req-1',
          groupIds,
          repository: repositoryOf(repoId),
          data: { repo: repoCreated.example.repo, source: 'api' },
        }),
      ),
    deleteRepo: (repoId) =>
      db.transaction(async (tx) => {
        await subscriptions.retireRepo(tx, repoId);
        const repository = repositoryOf(repoId);
        const data = { repo: repoDeleted.example.repo };
        return outbox.record(tx, repoDeleted, { caller: CALLER, requestId: null, repository, data });
      }),
    settled: () =>
      vi.waitUntil(
        async () => {
          const [row] = await db.query<{ open: number }>(
            `SELECT (SELECT count(*) FROM delivery WHERE state IN ('pending', 'leased')) +
                    (SELECT count(*) FROM outbox) AS open`,
          );
          return row?.open === 0;
        },
        { timeout: 15_000, interval: 10 },
      ) as unknown as Promise<void>,
    states: async () => {
      const rows = await db.query<{ state: DeliveryState }>(
        'SELECT state FROM delivery ORDER BY delivery_id',
      );
      return rows.map(({ state }) => state);
    },
    async close() {
      for (const one of processes) {
        await one.stop();
        await one.close();
      }
      await database.drop();
    },
  };
}

async function rigProcess(
  url: string,
  box: SecretBox,
  given: typeof RIG_SETTINGS,
  allowPrivateNetworks: readonly string[],
): Promise<RigProcess> {
  const settings = given as unknown as Settings;
  const source = await createDataSource({ url, poolSize: 8 }).initialize();
  const db = new PostgresDatabase(source);
  const feed = new PostgresChangeFeed(source);
  await feed.onModuleInit();
  const registry = new Registry();
  const outbox = new Outbox(db, feed);
  const plugins = new PluginHost(settings);
  await plugins.start((pluginId) => storeOnly(new SqlPluginStore(db, pluginId)));
  const http = new GuardedHttp({ allowPrivateNetworks });
  const subscriptions = new SubscriptionsService(
    settings,
    db,
    new SubscriptionActivation(feed),
    box,
    plugins,
    http,
  );
  const deliveries = new DeliveriesService(db, feed, outbox, subscriptions);
  const metrics = new DeliveryMetrics(db, plugins, registry);
  const relay = new Relay(db, feed, outbox);
  const endpoints = new EndpointKeeper(settings, new EndpointNotices(outbox));
  const worker = new DeliveryWorker(settings, db, feed, metrics, endpoints, box, plugins, http);
  return {
    db,
    outbox,
    subscriptions,
    deliveries,
    relay,
    worker,
    http,
    registry,
    start() {
      worker.start();
      relay.start(() => worker.wake());
    },
    async stop() {
      await relay.stop();
      await worker.stop();
    },
    async close() {
      outbox.onApplicationShutdown();
      await plugins.onApplicationShutdown();
      await http.close();
      await feed.onApplicationShutdown();
      await db.onApplicationShutdown();
    },
  };
}
