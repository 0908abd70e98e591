import { Injectable } from '@nestjs/common';
import { CachedLookup } from '../database/cached-lookup.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import type { Dialect } from '../config/settings.js';
import { Authenticator } from '../rpc/authenticator.js';
import type { Principal } from '../rpc/call.js';
import { hashApiKey, isWellFormedApiKey } from './api-key.js';
import { IpRules } from './ip-rules.js';
import { KeyUsage } from './key-usage.js';

interface CachedKey {
  principal: Principal;
  /** Unix milliseconds; Infinity = never. */
  expiresAt: number;
  userRules: IpRules;
  keyRules: IpRules;
}

interface KeyRow extends Record<string, unknown> {
  api_key_id: number;
  user_id: number;
  username: string;
  admin: boolean;
  dialect: Dialect | null;
  scopes: string[] | null;
  key_ips: string[] | null;
  user_ips: string[] | null;
  expires_at: Date | null;
}

// The addresses allowed to a user are his own rules united with those of `default`; none at all allows everything.
export const FIND_KEY = `
  SELECT k.api_key_id, k.dialect, k.scopes, k.ips::text[] AS key_ips, k.expires_at, u.user_id, u.username, u.admin,
    (SELECT array_agg(i.ip_addr::text) FROM user_ip i JOIN "user" o USING (user_id)
      WHERE i.user_id = u.user_id OR o.username = 'default') AS user_ips
  FROM api_key k JOIN "user" u USING (user_id)
  WHERE k.key_hash = $1 AND u.active AND u.username <> 'default'
    AND (k.expires_at IS NULL OR k.expires_at > now())`;

@Injectable()
export class ApiKeyAuthenticator extends Authenticator {
  private readonly cache: CachedLookup<string, CachedKey>;

  constructor(
    private readonly db: Database,
    private readonly usage: KeyUsage,
    feed: ChangeFeed,
  ) {
    super();
    this.cache = new CachedLookup(feed, { clearOn: ['access'] });
  }

  authenticate(key: string, ip: string): Promise<Principal | null> | Principal | null {
    if (!isWellFormedApiKey(key)) return null;
    const hash = hashApiKey(key);
    const cached = this.cache.peek(hash.toString('latin1'));
    return cached ? this.admit(cached, ip) : this.load(hash, ip);
  }

  private async load(hash: Buffer, ip: string): Promise<Principal | null> {
    const found = await this.cache.get(hash.toString('latin1'), async () => {
      const [row] = await this.db.prepared<KeyRow>('access_find_key', FIND_KEY, [hash]);
      return row ? toCachedKey(row) : null;
    });
    return found && this.admit(found, ip);
  }

  private admit(key: CachedKey, ip: string): Principal | null {
    if (key.expiresAt <= Date.now() || !key.userRules.allow(ip) || !key.keyRules.allow(ip)) return null;
    this.usage.used(key.principal.apiKeyId as number, ip);
    return key.principal;
  }
}

function toCachedKey(row: KeyRow): CachedKey {
  return {
    principal: {
      userId: row.user_id,
      username: row.username,
      admin: row.admin,
      apiKeyId: row.api_key_id,
      scopes: row.scopes,
      dialect: row.dialect,
    },
    expiresAt: row.expires_at?.getTime() ?? Infinity,
    userRules: new IpRules(row.user_ips ?? []),
    keyRules: new IpRules(row.key_ips ?? []),
  };
}
