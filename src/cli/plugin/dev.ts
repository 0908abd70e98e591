import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import type { Settings } from '../../config/settings.js';
import { startGateway, type Gateway } from '../../gateway.js';
import { PluginHost } from '../../plugin-host/plugin-host.js';
import { findPlugins } from '../../plugin-host/plugin-sources.js';
import { REMEDIES } from '../../plugin-host/remedies.js';
import { CommandError } from '../command-error.js';
import { buildForDev } from './dev-build.js';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** A gateway with one plugin that is built and loaded anew whenever a file of it changes. */
export class PluginDev {
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private readonly watcher;

  private constructor(
    readonly gateway: Gateway,
    private readonly id: string,
    private readonly folder: string,
    private readonly built: string,
    private readonly say: (line: string) => void,
  ) {
    this.watcher = watch(folder, { recursive: true }, () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void (this.turn = this.turn.then(() => this.reload())), SETTLE_MS);
    });
  }

  /** @throws CommandError when there is no plugin in the folder */
  static async start(given: string, settings: Settings, say: (line: string) => void): Promise<PluginDev> {
    const folder = resolve(given);
    const manifest = await readFile(join(folder, 'plugin.json'), 'utf8').catch(() => null);
    if (manifest === null) throw new CommandError(`There is no plugin.json in ${folder}.`);
    const { id } = JSON.parse(manifest) as { id: string };
    const built = join(settings.home, 'dev', id);
    await buildForDev(folder, built);
    const gateway = await startGateway(settings, {
      logger: pino({ level: settings.logLevel }),
      prepare: (app) =>
        app
          .get(PluginHost)
          .findBy(async () => [
            ...(await findPlugins(settings)).filter(({ name }) => name !== id),
            { origin: 'folder', path: built, name: id },
          ]),
    });
    const dev = new PluginDev(gateway, id, folder, built, say);
    dev.tell();
    return dev;
  }

  async stop(): Promise<void> {
    this.watcher.close();
    clearTimeout(this.timer);
    await this.turn;
    await this.gateway.close();
  }

  private get host(): PluginHost {
    return this.gateway.app.get(PluginHost);
  }

  private async reload(): Promise<void> {
    try {
      await buildForDev(this.folder, this.built);
      await this.host.reload(this.id);
      this.tell();
    } catch (error) {
      this.say(`not reloaded: ${(error as Error).message}`);
    }
  }

  private tell(): void {
    const report = this.host.plugin(this.id)?.report();
    if (!report) return this.say(`${this.id} is not there any more`);
    const { state, version, kinds, code, reason } = report;
    this.say(
      state === 'running'
        ? `${this.id} ${version ?? ''} is running: ${kinds.join(', ')}`
        : `${this.id} is ${state}: ${code ?? ''}: ${reason ?? ''}\n  ${REMEDIES[code ?? ''] ?? ''}`,
    );
  }
}
