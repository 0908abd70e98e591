import { register } from 'node:module';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { JsonObject } from '../../sdk/index.js';
import { SDK_HOOK_URL } from '../sdk-resolution.js';
import { importPlugin } from './import-plugin.js';
import type { Channel } from './peer.js';
import { servePlugin } from './plugin-side.js';

/** Given by `worker-tier.ts`. */
export interface WorkerStart {
  readonly entry: string;
  readonly sdkUrls: Readonly<Record<string, string>>;
}

const port = parentPort as MessagePort;
const { entry, sdkUrls } = workerData as WorkerStart;
register(SDK_HOOK_URL, { parentURL: import.meta.url, data: sdkUrls });
const channel: Channel = {
  send: (message: JsonObject) => port.postMessage(message),
  onMessage: (listener) => port.on('message', listener),
};
servePlugin(channel, () => importPlugin(entry));
