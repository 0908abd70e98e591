import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { messageOf, runningPlugin } from '../boundary.js';

const log = new Logger('PluginHost');
let holders = 0;

/**
 * Keeps what a plugin does in the gateway's own process from ending it: `process.exit` throws, and errors that nobody
 * caught are written down and counted against the plugin. What belongs to no plugin ends the process as ever.
 *
 * Not contained: `process.abort`, signals to oneself, native code, memory, and code that does not come back.
 *
 * @returns how to give it up; the last one to do so restores the process
 */
export function containProcess(): () => void {
  if (holders++ === 0) install();
  let isHeld = true;
  return () => {
    if (isHeld && --holders === 0) uninstall();
    isHeld = false;
  };
}

let exit = process.exit;

function guardedExit(code?: number | string | null): never {
  const plugin = runningPlugin.getStore();
  if (!plugin) return exit.call(process, code);
  throw new Error(`process.exit is not for plugins (${plugin.id})`);
}

function onRejection(reason: unknown): void {
  if (contained('left a rejection unhandled', reason)) return;
  // With a listener Node does not end the process by itself.
  if (process.listenerCount('unhandledRejection') === 1) throw reason;
}

function onException(error: unknown): void {
  if (contained('threw outside of any call', error)) return;
  if (process.listenerCount('uncaughtException') > 1) return;
  process.stderr.write(`${inspect(error)}\n`);
  exit.call(process, 1);
}

function contained(what: string, error: unknown): boolean {
  const plugin = runningPlugin.getStore();
  if (!plugin) return false;
  plugin.health.threw(messageOf(error));
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error(`plugin ${plugin.id} ${what}: ${detail}`);
  return true;
}

function install(): void {
  exit = process.exit;
  process.exit = guardedExit as typeof process.exit;
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
}

function uninstall(): void {
  process.exit = exit;
  process.off('unhandledRejection', onRejection);
  process.off('uncaughtException', onException);
}
