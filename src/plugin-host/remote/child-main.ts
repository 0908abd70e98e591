import { Console } from 'node:console';
import { register } from 'node:module';
import { SDK_HOOK_URL } from '../sdk-resolution.js';
import { importPlugin } from './import-plugin.js';
import { LineChannel } from './line-channel.js';
import { servePlugin } from './plugin-side.js';

/** Started by `child-tier.ts` as `node child-main.js <entry> <sdk urls as JSON>`; standard output is for messages only. */
const [entry = '', sdkUrls = '{}'] = process.argv.slice(2);
register(SDK_HOOK_URL, { parentURL: import.meta.url, data: JSON.parse(sdkUrls) as unknown });
const { stdin, stdout, stderr } = process;
// What a plugin prints must not stand between the messages
globalThis.console = new Console(stderr, stderr);
servePlugin(
  new LineChannel(stdin, stdout, (reason) => {
    stderr.write(`${reason}\n`);
    process.exit(1);
  }),
  () => importPlugin(entry),
);
stdin.on('end', () => process.exit(0));
