import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from '../database/database.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { GuardedHttp } from '../egress/guarded-http.js';
import { eventContract } from '../events/catalogue.js';
import { Outbox } from '../events/outbox.js';
import type { Gateway } from '../gateway.js';
import { PluginSchedules } from '../plugin-bindings/plugin-schedules.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { PluginSource } from '../plugin-host/plugin-sources.js';
import type { EventEnvelope, PluginDefinition } from '../sdk/index.js';
import { CapturedHttp } from './captured-http.js';
import { runGateway, type RunningGateway } from './running-gateway.js';
import { TestClone } from './test-clone.js';
import type { TestGateway, TestGatewayOptions, TestPlugin } from './test-gateway.js';

const LOOK_AGAIN_MS = 10;

const UNDER_WAY = `
  SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM delivery
           WHERE state = 'leased' OR (state = 'pending' AND next_attempt_at <= now())) AS count`;

const AGO = `$1::float8 * interval '1 ms'`;
/** Whatever waits for a time in the database. */
const NEARER = [
  `UPDATE delivery SET next_attempt_at = next_attempt_at - ${AGO} WHERE state = 'pending'`,
  `UPDATE webhook SET breaker_open_until = breaker_open_until - ${AGO}, slowed_until = slowed_until - ${AGO},
          failing_since = failing_since - ${AGO}, rate_from = rate_from - ${AGO}`,
];

/** What {@link TestGateway} promises. */
export async function openTestGateway({ plugins = [], settings }: TestGatewayOptions): Promise<TestGateway> {
  const sources = await Promise.all(plugins.map(sourceOf));
  const http = new CapturedHttp();
  const prepare = (app: Gateway['app']) => {
    http.capture(app.get(GuardedHttp));
    app.get(PluginHost).findBy(() => Promise.resolve(sources));
  };
  const gateway = await runGateway({ ...(settings && { env: settings }), prepare });
  const clones: TestClone[] = [];
  const close = async () => {
    await gateway.close();
    for (const clone of clones) await clone.remove();
  };
  try {
    await configure(gateway, plugins, sources);
    requireRunning(gateway);
  } catch (error) {
    await close();
    throw error;
  }
  const { app, url, adminKey, call, refusal, rpc, createUser } = gateway;
  return {
    url,
    adminKey,
    call,
    refusal,
    rpc,
    createUser,
    close,
    requests: http.requests,
    answer: (answers) => http.answer(answers),
    captured: (count) => http.captured(count),
    async createRepo(
      name,
      { files, as = { username: 'admin', key: adminKey }, private: isPrivate = false } = {},
    ) {
      await call('create_repo', { repo_name: name, repo_type: 'git', private: isPrivate }, as.key);
      const { repo_id, repo_name } = await call<{ repo_id: number; repo_name: string }>(
        'get_repo',
        { repoid: name },
        as.key,
      );
      const clone = await TestClone.open({ repo_id, repo_name }, url, as);
      clones.push(clone);
      if (files) await clone.push(files);
      return clone;
    },
    replay: (event) => replay(app, event),
    async settled() {
      const db = app.get(Database);
      const underWay = async () => Number((await db.query<{ count: string }>(UNDER_WAY))[0]?.count);
      while ((await underWay()) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    },
    async advance(milliseconds) {
      const db = app.get(Database);
      for (const statement of NEARER) await db.query(statement, [milliseconds]);
      app.get(PluginHost).clock.advance(milliseconds);
      app.get(DeliveryWorker).wake();
      await app.get(PluginSchedules).advance(milliseconds);
    },
  };
}

/** The manifest is read by the host; here only its id counts, so that a definition finds its place. */
async function sourceOf({ folder, plugin }: TestPlugin): Promise<PluginSource> {
  const path = folder instanceof URL || folder.startsWith('file:') ? fileURLToPath(folder) : folder;
  const { id } = JSON.parse(await readFile(join(path, 'plugin.json'), 'utf8')) as { id: string };
  // As from npm: the folder of a template is not called like the plugin
  return {
    origin: 'npm',
    path,
    name: id,
    ...(plugin && { definition: plugin as unknown as PluginDefinition }),
  };
}

async function configure(
  { call }: RunningGateway,
  plugins: readonly TestPlugin[],
  sources: readonly PluginSource[],
): Promise<void> {
  for (const [index, { config }] of plugins.entries()) {
    const plugin_id = sources[index]?.name;
    if (config) await call('configure_plugin', { plugin_id, config });
    // One that waits for an operator is wanted here
    await call('enable_plugin', { plugin_id });
  }
}

function requireRunning({ app }: RunningGateway): void {
  for (const { id, state, code, reason } of app.get(PluginHost).list())
    if (state !== 'running') throw new Error(`plugin ${id} does not run: ${code}: ${reason}`);
}

function replay(app: Gateway['app'], { type, data }: EventEnvelope): Promise<number> {
  const contract = eventContract(type);
  if (!contract) throw new Error(`there is no event type ${type}`);
  const { event_id: _old, actor, request_id: requestId, ...own } = data;
  const caller = { userId: actor.user_id, username: actor.username };
  return app
    .get(Database)
    .transaction((tx) =>
      app.get(Outbox).record(tx, contract as never, { caller, requestId, data: own as never }),
    );
}
