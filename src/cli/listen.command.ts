import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { ForgegateClient } from '../client/client.js';
import { loadSettings } from '../config/load-settings.js';
import type { Json } from '../sdk/index.js';
import { CommandError } from './command-error.js';
import { connectionFrom, withConnectionOptions, type ConnectionOptions } from './call/connection-options.js';
import type { Connection } from './call/connection-file.js';
import { streamedEvents } from './listen/event-stream.js';
import { objectIn } from './json-option.js';
import { pluginTarget, urlTarget, type Target } from './listen/targets.js';
import { untilInterrupted } from './until-interrupted.js';

interface ListenOptions extends ConnectionOptions {
  readonly events: string;
  readonly repo?: string;
  readonly cursor?: string;
  readonly forwardTo?: string;
  readonly secret?: string;
  readonly plugin?: string;
  readonly settings: string;
  readonly url: string;
  readonly config: string;
}

export function listenCommand(): Command {
  const command = new Command('listen')
    .description('Show events as they happen, and forward them to a URL or a plugin of this machine')
    .option('--events <types>', 'event types, separated by commas; * for any run of characters', '*')
    .option('--repo <name>', 'only those of this repository')
    .option('--cursor <cursor>', 'go on from there instead of from now')
    .option('--forward-to <url>', 'post each event there, as a webhook would')
    .option('--secret <whsec>', 'what is posted is signed with it, by Standard Webhooks')
    .option('--plugin <folder>', 'hand each event to the adapters and handlers of this plugin, run here')
    .option('--settings <json>', 'settings of that plugin', '{}')
    .option('--url <url>', 'what its adapters are to send to', '')
    .option('--config <json>', 'config of a webhook with its adapter', '{}')
    .addHelpText(
      'after',
      '\nExamples:\n  npx forgegate listen --apihost http://127.0.0.1:5000 --apikey-file .forgegate/admin.key\n' +
        '  npx forgegate listen --events "pull_request.*" --forward-to http://127.0.0.1:3000/hook\n' +
        '  npx forgegate listen --plugin dist/plugins/my-chat --url https://chat.example/room --config \'{"token": "x"}\'',
    )
    .action(async (options: ListenOptions) => {
      const connection = connectionFrom(options);
      const target = await targetOf(options, connection);
      try {
        await untilInterrupted((signal) => listen(options, connection, target, signal));
      } finally {
        await target?.close();
      }
    });
  return withConnectionOptions(command);
}

async function listen(
  { events, repo, cursor }: ListenOptions,
  connection: Connection,
  target: Target | null,
  signal: AbortSignal,
): Promise<void> {
  const query = { event_types: events, ...(repo && { repoid: repo }), ...(cursor && { cursor }) };
  console.error(`Listening to ${connection.apihost}; Ctrl-C ends it.`);
  for await (const event of streamedEvents(connection, query, signal)) {
    const became = target ? await target.take(event).catch((error: Error) => error.message) : '';
    console.log(`${event.id}  ${event.type}${became && `  -> ${became}`}`);
    if (!target) console.log(event.body);
  }
}

async function targetOf(options: ListenOptions, { apihost, apikey }: Connection): Promise<Target | null> {
  const { forwardTo, secret, plugin, url } = options;
  if (forwardTo !== undefined && plugin !== undefined)
    throw new CommandError('Give --forward-to or --plugin, not both.');
  if (forwardTo !== undefined) return urlTarget(forwardTo, secret ?? null);
  if (plugin === undefined) return null;
  const client = new ForgegateClient({ url: apihost, key: apikey });
  return pluginTarget(loadSettings(), {
    folder: plugin,
    settings: objectIn('--settings', options.settings),
    url,
    config: objectIn('--config', options.config),
    secret: secret ?? `whsec_${randomBytes(24).toString('base64')}`,
    call: async (method, args) => (await client.request(method, args)) as Json,
  });
}
