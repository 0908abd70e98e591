import { readFile } from 'node:fs/promises';
import { adminKeyFile } from '../../access/first-administrator.js';
import { ForgegateClient } from '../../client/client.js';
import type { Settings } from '../../config/settings.js';
import { eventContract } from '../../events/catalogue.js';
import { describedMethod } from '../../plugin-bindings/methods/described-method.js';
import { hostAlone } from '../../plugin-host/host-alone.js';
import { storeOnly } from '../../plugin-host/plugin-services.js';
import { REMEDIES } from '../../plugin-host/remedies.js';
import { memoryStore } from '../../sdk/testing/set-up-plugin.js';
import { broken, note, ok, type Finding } from './finding.js';
import { runningGateway } from './installation.js';

interface Report {
  readonly id: string;
  readonly version: string | null;
  readonly isolation: string | null;
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly last_error: string | null;
}

/** Every plugin: as the running gateway reports it, or as it loads here, with what mends it. */
export async function pluginFindings(settings: Settings): Promise<Finding[]> {
  const reports = (await reportsOfGateway(settings)) ?? (await reportsOfTrial(settings));
  return reports.map(findingOf);
}

function findingOf({ id, version, isolation, state, code, reason, last_error }: Report): Finding {
  const what = `plugin ${id}`;
  if (state === 'running') {
    const fine = `${version ?? ''} in a ${isolation ?? 'process'}`;
    return last_error === null ? ok(what, fine) : note(what, `${fine}, last error: ${last_error}`);
  }
  const remedy = REMEDIES[code ?? ''] ?? 'The log of the gateway says more.';
  const text = `${state}: ${code ?? ''}: ${reason ?? ''}`;
  return state === 'disabled' || state === 'restarting'
    ? note(what, text, remedy)
    : { what, state: 'broken', text, remedy };
}

/** Active webhooks whose adapter no plugin of the running gateway has. */
export async function adapterFindings(settings: Settings): Promise<Finding[]> {
  const client = await clientOfGateway(settings);
  if (client === null) return [];
  try {
    const waiting = await waitingWebhooks(client);
    return [...waiting].map(([adapter, ids]) =>
      broken(
        `adapter ${adapter}`,
        `no plugin of this gateway has it; deliveries of the webhooks ${ids.join(', ')} wait`,
        'Enable the plugin that has it (`get_plugins`), or end them with `delete_webhook`.',
      ),
    );
  } catch (error) {
    return [note('adapters', `the gateway does not tell of its webhooks: ${(error as Error).message}`)];
  }
}

/** Adapter -> ids of the webhooks that wait for it. */
async function waitingWebhooks(client: ForgegateClient): Promise<Map<string, number[]>> {
  const waiting = new Map<string, number[]>();
  let cursor: number | undefined | null = undefined;
  do {
    const page: Page = await pageOf(client, cursor);
    for (const { adapter, webhook_id, waiting_reason } of page.webhooks)
      if (waiting_reason !== null) waiting.set(adapter, [...(waiting.get(adapter) ?? []), webhook_id]);
    cursor = page.next;
  } while (cursor !== null);
  return waiting;
}

type Page = Awaited<ReturnType<typeof pageOf>>;
const pageOf = (client: ForgegateClient, cursor: number | undefined) =>
  client.call('get_webhooks', cursor === undefined ? {} : { cursor });

/** Null when it does not run, or its first administrator's key is not kept here. */
async function clientOfGateway(settings: Settings): Promise<ForgegateClient | null> {
  const url = await runningGateway(settings);
  const key = await readFile(adminKeyFile(settings.home), 'utf8').catch(() => null);
  return url === null || key === null ? null : new ForgegateClient({ url, key: key.trim() });
}

async function reportsOfGateway(settings: Settings): Promise<Report[] | null> {
  try {
    const client = await clientOfGateway(settings);
    if (client === null) return null;
    return (await client.call('get_plugins')).map((plugin) => ({ ...plugin, id: plugin.plugin_id }));
  } catch {
    return null;
  }
}

/** Loads and sets up what is found, without a gateway around it, and ends it. */
async function reportsOfTrial(settings: Settings): Promise<Report[]> {
  const host = hostAlone({ ...settings, pluginsStrict: false });
  host.bind('methods', {
    add: (method) => void describedMethod(method, eventContract),
    remove: () => undefined,
  });
  try {
    await host.start(() => storeOnly(memoryStore()));
    return host.list();
  } finally {
    await host.onApplicationShutdown();
  }
}
