import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Access } from '../access/access.service.js';
import { Database } from '../database/database.js';
import { addEventContract, eventContract } from '../events/catalogue.js';
import { contractViolation } from '../events/event-validator.js';
import { Outbox } from '../events/outbox.js';
import type { RepoRecord } from '../families/repos/repo-record.js';
import { ReposDirectory } from '../families/repos/repos.directory.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import type { PluginManifest } from '../plugin-host/plugin-manifest.js';
import { PluginRefusal } from '../plugin-host/plugin-manifest.js';
import type { JsonObject } from '../sdk/index.js';
import { PluginPrincipals } from './plugin-principals.js';

/** Event types of plugins, and `ctx.emit`. */
@Injectable()
export class PluginEvents implements OnModuleInit {
  private readonly withdrawals = new Map<string, () => void>();
  private readonly owners = new Map<string, string>();

  constructor(
    private readonly host: PluginHost,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly access: Access,
    private readonly repos: ReposDirectory,
    private readonly principals: PluginPrincipals,
  ) {}

  onModuleInit(): void {
    this.host.bind('events', {
      add: ({ name, pluginId, contract }) => {
        const violation = contractViolation(contract, contract.example);
        if (violation !== null)
          throw new PluginRefusal(
            'EVENT_REFUSED',
            `event ${name}: its example breaks its schema: ${violation}`,
          );
        this.withdrawals.set(name, addEventContract(contract));
        this.owners.set(name, pluginId);
      },
      remove: ({ name }) => {
        this.withdrawals.get(name)?.();
        this.withdrawals.delete(name);
        this.owners.delete(name);
      },
    });
  }

  /** @throws Error when the type is not the plugin's own, or the data breaks its schema */
  async emit(
    id: string,
    manifest: PluginManifest,
    type: string,
    data: JsonObject,
    about?: { readonly repoid: number | string },
  ): Promise<number> {
    const contract = eventContract(type);
    if (!contract || this.owners.get(type) !== id)
      throw new Error(`${type} is no event type of ${id}: declare it with ctx.event`);
    const principal = await this.principals.of(id, manifest, false);
    const repo = about && (await this.access.require<RepoRecord>(principal, 'repo', about.repoid, 'read'));
    const names = contract.schema['properties'] as Record<string, unknown> | undefined;
    return this.db.transaction((tx) =>
      this.outbox.record(tx, contract as never, {
        caller: principal,
        requestId: null,
        data: data as never,
        ...(repo && { repoId: repo.id, groupIds: repo.group_ids }),
        ...(repo && names?.['repository'] !== undefined && { repository: this.repos.ref(repo) as never }),
      }),
    );
  }
}
