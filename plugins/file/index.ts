import { definePlugin, delivered, localFault } from 'forgegate/sdk';
import { join } from 'node:path';
import { JsonLines } from './json-lines.js';

interface PluginSettings {
  /** Absolute; '' for the plugin's own. */
  folder: string;
}
interface Settings {
  file?: string;
  max_bytes?: number;
  keep?: number;
}

const NAME = '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\\.jsonl$';
const NAME_WORDS = 'a name of letters, digits, - and _ that ends in .jsonl, without a folder';
const MIB = 1024 * 1024;

export default definePlugin<PluginSettings>({
  setup(ctx) {
    const files = new JsonLines();
    const folderOf = async () => (ctx.config.folder === '' ? ctx.gateway.dataFolder() : ctx.config.folder);

    ctx.adapter<Settings>('file', {
      summary: 'Appends the event as a line of JSON to a file on the machine of the gateway',
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        properties: {
          file: { type: 'string', pattern: NAME, description: NAME_WORDS, default: 'events.jsonl' },
          max_bytes: { type: 'integer', minimum: 1024, maximum: 1024 * MIB, default: 64 * MIB },
          keep: { type: 'integer', minimum: 0, maximum: 1000, default: 10 },
        },
      },
      async deliver({ delivery, endpoint, record, log }) {
        const { file = 'events.jsonl', max_bytes: maxBytes = 64 * MIB, keep = 10 } = endpoint.config;
        const line = lineOf(delivery.id, delivery.body);
        try {
          // A folder for each subscription: nobody writes into the lines of somebody else's
          const path = join(await folderOf(), `webhook-${delivery.webhookId}`, file);
          record({ target: `file webhook-${delivery.webhookId}/${file}`, request: line });
          await files.append(path, line, { maxBytes, keep });
          return delivered('WRITTEN');
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === undefined) throw error;
          log.warn(`cannot write to ${file} of webhook ${delivery.webhookId}`, { error: String(error) });
          return localFault(`FILE_${code}`, {
            reason: `the gateway cannot write to ${file} (${code}); see its log`,
          });
        }
      },
    });
  },
});

/** `id` is the same when a line comes twice. The event is the stored text, unless that has lines of its own. */
function lineOf(id: string, body: string): string {
  const event = /[\r\n]/.test(body) ? JSON.stringify(JSON.parse(body)) : body;
  return `{"webhook_id":${JSON.stringify(id)},"event":${event}}\n`;
}
