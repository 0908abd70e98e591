import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { JsonObject } from '../../sdk/index.js';
import { messageOf } from '../boundary.js';
import { Supervisor, type RemoteProcess } from '../remote/supervisor.js';
import type { WorkerStart } from '../remote/worker-main.js';
import { builtModule, SDK_URLS } from '../sdk-resolution.js';
import { DEFAULT_MEMORY_MB, plainEnvironment } from './limits.js';
import { logLines } from './log-lines.js';
import { entryOf } from './process-tier.js';
import type { RunningPlugin, TierPlugin } from './tier.js';

/** In a thread of its own: loops, crashes and memory of the plugin do not reach the gateway. Malice does. */
export async function loadInWorker(plugin: TierPlugin): Promise<RunningPlugin> {
  const { source, manifest } = plugin;
  const entry = await entryOf(source.path ?? '', manifest?.entry);
  const supervisor = new Supervisor(plugin, async () => startWorker(plugin, entry));
  await supervisor.begin();
  return supervisor;
}

function startWorker({ id, manifest, log }: TierPlugin, entry: string): RemoteProcess {
  const start: WorkerStart = { entry, sdkUrls: SDK_URLS };
  const worker = new Worker(builtModule('plugin-host/remote/worker-main.js'), {
    name: `plugin:${id}`,
    workerData: start,
    env: plainEnvironment(),
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: manifest?.memoryMb ?? DEFAULT_MEMORY_MB, stackSizeMb: 4 },
  });
  logLines(worker.stdout, (line) => log.info(line));
  logLines(worker.stderr, (line) => log.warn(line));
  let failure: string | null = null;
  worker.on('error', (error: unknown) => (failure = messageOf(error)));
  const exited = once(worker, 'exit').catch(() => [1]) as Promise<[number]>;
  return {
    isOffline: false,
    channel: {
      send: (message: JsonObject) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener),
    },
    ended: exited.then(([code]) => failure ?? `its thread ended with code ${code}`),
    kill: async () => {
      await worker.terminate();
    },
  };
}
