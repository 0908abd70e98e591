import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ADVISORY_LOCK } from '../database/advisory-locks.js';
import { Database, type Tx } from '../database/database.js';
import { describeApiKey, generateApiKey } from './api-key.js';
import { DEFAULT_USER_ID } from './default-user.js';
import { Rights } from './rights.js';

const DESCRIPTION = 'bootstrap';

/** Where the first administrator's key is kept for the person who runs the gateway. */
export const adminKeyFile = (home: string) => join(home, 'admin.key');

/**
 * Makes the first administrator when there is no user but `default`, and keeps the key described `bootstrap` equal to
 * FORGEGATE_ADMIN_API_KEY. Processes that start together take turns.
 */
@Injectable()
export class FirstAdministrator implements OnModuleInit {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly rights: Rights,
  ) {}

  onModuleInit(): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK.firstAdministrator]);
      const [anyone] = await tx.query('SELECT 1 FROM "user" WHERE user_id <> $1 LIMIT 1', [DEFAULT_USER_ID]);
      if (!anyone) await this.create(tx);
      else if (this.settings.adminApiKey) await this.replaceKey(tx, this.settings.adminApiKey);
    });
  }

  private async create(tx: Tx): Promise<void> {
    const { adminUsername, adminEmail, adminApiKey } = this.settings;
    const [user] = await tx.query<{ user_id: number }>(
      `INSERT INTO "user" (username, email, firstname, lastname, admin)
       VALUES ($1, $2, 'Forgegate', 'Admin', true) RETURNING user_id`,
      [adminUsername, adminEmail],
    );
    const key = adminApiKey ? describeApiKey(adminApiKey) : generateApiKey();
    await this.store(tx, user?.user_id, key);
  }

  private async replaceKey(tx: Tx, given: string): Promise<void> {
    const key = describeApiKey(given);
    const [same] = await tx.query('SELECT 1 FROM api_key WHERE key_hash = $1', [key.hash]);
    if (same) return;
    const [owner] = await tx.query<{ user_id: number }>(
      `SELECT coalesce((SELECT user_id FROM api_key WHERE description = $2 LIMIT 1),
         (SELECT user_id FROM "user" WHERE username = $1)) AS user_id`,
      [this.settings.adminUsername, DESCRIPTION],
    );
    if (!owner?.user_id) return;
    await tx.query('DELETE FROM api_key WHERE user_id = $1 AND description = $2', [
      owner.user_id,
      DESCRIPTION,
    ]);
    await this.store(tx, owner.user_id, key);
    await this.rights.changed(tx);
  }

  private async store(
    tx: Tx,
    userId: number | undefined,
    key: ReturnType<typeof describeApiKey>,
  ): Promise<void> {
    await tx.query('INSERT INTO api_key (user_id, key_hash, prefix, description) VALUES ($1, $2, $3, $4)', [
      userId,
      key.hash,
      key.prefix,
      DESCRIPTION,
    ]);
    // Before the commit: a key in the file that is not in the database is made anew, the other way round it is lost.
    const file = adminKeyFile(this.settings.home);
    await writeFile(`${file}.new`, `${key.key}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}
