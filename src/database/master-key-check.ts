import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { SettingsError } from '../config/settings-error.js';
import { Database } from './database.js';

/**
 * Stops the start when the master key is not the one that the secrets in this database were sealed with: going on would
 * make every webhook and mirror fail later, one by one.
 */
@Injectable()
export class MasterKeyCheck implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.db.query('INSERT INTO installation (master_key_id) VALUES ($1) ON CONFLICT DO NOTHING', [
      this.secrets.keyId,
    ]);
    const [row] = await this.db.query<{ master_key_id: string }>('SELECT master_key_id FROM installation');
    if (!row || this.secrets.keyIds.includes(row.master_key_id)) return;
    throw new SettingsError([
      `FORGEGATE_MASTER_KEY: the secrets in this database were sealed with key ${row.master_key_id}, ` +
        `the one given is ${this.secrets.keyId}. Bring the right key back (FORGEGATE_MASTER_KEY, FORGEGATE_MASTER_KEY_FILE, ` +
        `or master.key in the home). If it is lost for good: DELETE FROM installation, then set webhooks and clone_uris again.`,
    ]);
  }
}
