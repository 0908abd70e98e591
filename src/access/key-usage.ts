import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database } from '../database/database.js';

const FLUSH_MS = 5_000;

/** Remembers when and from where keys were last used; written in batches, so that no call pays for it. */
@Injectable()
export class KeyUsage implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('KeyUsage');
  private pending = new Map<number, { at: number; ip: string }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly db: Database) {}

  used(apiKeyId: number, ip: string): void {
    const known = this.pending.get(apiKeyId);
    if (known) {
      known.at = Date.now();
      known.ip = ip;
    } else {
      this.pending.set(apiKeyId, { at: Date.now(), ip });
    }
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.flush();
  }

  async flush(): Promise<void> {
    if (this.pending.size === 0) return;
    const batch = [...this.pending];
    this.pending = new Map();
    try {
      await this.db.query(
        `UPDATE api_key k SET last_used_at = to_timestamp(u.at / 1000.0), last_used_ip = u.ip
         FROM unnest($1::int[], $2::float8[], $3::inet[]) AS u (api_key_id, at, ip)
         WHERE k.api_key_id = u.api_key_id`,
        [batch.map(([id]) => id), batch.map(([, use]) => use.at), batch.map(([, use]) => use.ip)],
      );
    } catch (error) {
      this.log.warn(`could not write the use of keys: ${(error as Error).message}`);
    }
  }
}
