import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { Blocked, WatchdogStart } from './loop-watchdog.js';

/** Runs in a thread of its own, because what it watches cannot: the thread of the gateway. */
const port = parentPort as MessagePort;
const { beats, patienceMs, lookMs } = workerData as WatchdogStart;
const folders = new Map<string, string>();
port.on('message', ({ id, folder }: { id: string; folder: string | null }) => {
  if (folder === null) folders.delete(id);
  else folders.set(id, folder);
});
port.unref();

let last = -1;
let since = performance.now();
let isTold = false;

setInterval(() => {
  const now = performance.now();
  const beat = Atomics.load(beats, 0);
  if (beat !== last) {
    [last, since, isTold] = [beat, now, false];
    return;
  }
  if (now - since < patienceMs || isTold) return;
  isTold = true;
  tell(Math.round(now - since));
}, lookMs);

/** Stops the other thread for a moment to see where it is. */
function tell(milliseconds: number): void {
  const session = new Session();
  const scripts = new Map<string, string>();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
  session.once('Debugger.paused', ({ params }) => {
    session.post('Debugger.resume');
    // Left only when that thread has gone on, which it would not do otherwise
    session.post('Debugger.disable', () => session.disconnect());
    const frames = params.callFrames.map(({ location }) => ({
      url: decodeURI(scripts.get(location.scriptId) ?? ''),
      line: location.lineNumber + 1,
    }));
    for (const [id, folder] of folders) {
      const frame = frames.find(({ url }) => url.includes(`${folder}/`));
      if (frame) report(id, `${frame.url.split(`${folder}/`)[1]}:${frame.line}`, milliseconds);
    }
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

function report(id: string, where: string, milliseconds: number): void {
  const blocked: Blocked = { id, where, milliseconds };
  // The log is that thread's own, and may never come again
  const msg = `plugin ${id} blocks the gateway: it does not come back from ${where}`;
  writeSync(2, `${JSON.stringify({ level: 50, time: Date.now(), context: 'PluginHost', msg })}\n`);
  port.postMessage(blocked);
}
