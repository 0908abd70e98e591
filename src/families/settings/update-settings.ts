import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { invalidParams } from '../../rpc/errors.js';
import { userUpdated } from '../../sdk/index.js';
import { recordedBy } from '../users/recorded-by.js';
import { toUserView } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import { cloneUriTemplateFault } from './clone-uri-template.js';
import { GatewaySettings, SETTINGS_TOPIC, type GatewaySettingValues } from './gateway-settings.js';
import type { UpdateSettingsArgs } from './settings.dto.js';

@Injectable()
export class UpdateSettings {
  constructor(
    private readonly db: Database,
    private readonly settings: GatewaySettings,
    private readonly users: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
    private readonly feed: ChangeFeed,
  ) {}

  async run(
    caller: Caller,
    { anonymous_access: anonymous, ...given }: UpdateSettingsArgs,
  ): Promise<{ msg: string; settings: GatewaySettingValues }> {
    const fault = given.clone_uri_tmpl === undefined ? null : cloneUriTemplateFault(given.clone_uri_tmpl);
    if (fault) throw invalidParams(`argument \`clone_uri_tmpl\`: ${fault}`);
    const settings = await this.db.transaction(async (tx) => {
      for (const [name, value] of Object.entries(given)) {
        if (value === undefined) continue;
        await tx.query(
          `INSERT INTO setting (name, value) VALUES ($1, $2::jsonb)
           ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
          [name, JSON.stringify(value)],
        );
      }
      if (anonymous !== undefined) await this.setAnonymousAccess(tx, caller, anonymous);
      await this.feed.publish(tx, SETTINGS_TOPIC);
      return this.settings.load(tx);
    });
    return { msg: 'updated settings', settings };
  }

  private async setAnonymousAccess(tx: Tx, caller: Caller, active: boolean): Promise<void> {
    const [changed] = await tx.query(
      'UPDATE "user" SET active = $2 WHERE user_id = $1 AND active <> $2 RETURNING 1',
      [DEFAULT_USER_ID, active],
    );
    if (!changed) return;
    const user = toUserView(await this.users.require(DEFAULT_USER_ID, tx));
    await this.outbox.record(tx, userUpdated, {
      ...recordedBy(caller),
      data: { user, changed: ['active'], previous: { active: !active } },
    });
    await this.rights.changed(tx);
  }
}
