import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CachedLookup } from '../database/cached-lookup.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import type { Principal } from '../rpc/call.js';
import { DEFAULT_USER_ID, DEFAULT_USERNAME } from './default-user.js';
import { IpRules } from './ip-rules.js';
import { hashPassword, verifyPassword } from './password.js';

/** How long a password that was right is not checked again. */
const REMEMBERED_MS = 300_000;

interface Account {
  principal: Principal;
  rules: IpRules;
}

interface Remembered extends Account {
  /** Milliseconds of `performance.now()`. */
  until: number;
}

interface UserRow extends Record<string, unknown> {
  user_id: number;
  username: string;
  admin: boolean;
  password_hash: string | null;
  user_ips: string[] | null;
}

// Rules about addresses as for keys: a user's own united with those of `default`.
const FIND_USER = `
  SELECT u.user_id, u.username, u.admin, u.password_hash,
    (SELECT array_agg(i.ip_addr::text) FROM user_ip i WHERE i.user_id IN (u.user_id, ${DEFAULT_USER_ID})) AS user_ips
  FROM "user" u WHERE lower(u.username) = lower($1) AND u.active`;

/** Users by their name and password, and everybody by the account `default`. */
@Injectable()
export class PasswordAuthenticator {
  private readonly remembered: CachedLookup<string, Remembered>;
  private readonly anonymous: CachedLookup<string, Account>;
  private readonly checking = new Map<string, Promise<Account | null>>();
  /** A password is kept as a keyed hash only, under a key that lives as long as this process. */
  private readonly cacheKey = randomBytes(32);
  private readonly nobodysHash = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly db: Database,
    feed: ChangeFeed,
  ) {
    this.remembered = new CachedLookup(feed, { clearOn: ['access'] });
    this.anonymous = new CachedLookup(feed, { clearOn: ['access'] });
  }

  /**
   * The user when the password was right a moment ago, or is being checked for another request.
   * @returns undefined when it must be checked
   */
  recall(username: string, password: string, ip: string): Promise<Principal | null> | undefined {
    const digest = this.digest(username, password);
    const known = this.remembered.peek(digest);
    if (known && known.until > performance.now()) return Promise.resolve(admitted(known, ip));
    return this.checking.get(digest)?.then((account) => account && admitted(account, ip));
  }

  /** Takes the same time for every reason to say no. */
  async check(username: string, password: string, ip: string): Promise<Principal | null> {
    const digest = this.digest(username, password);
    const check = this.verify(digest, username, password).finally(() => this.checking.delete(digest));
    this.checking.set(digest, check);
    const account = await check;
    return account && admitted(account, ip);
  }

  /** The user `default` while anonymous access is on, and his addresses allow it. */
  async everybody(ip: string): Promise<Principal | null> {
    const account = await this.anonymous.get(DEFAULT_USERNAME, async () => {
      const [row] = await this.find(DEFAULT_USERNAME);
      return row ? toAccount({ ...row, admin: false }) : null;
    });
    return account && admitted(account, ip);
  }

  private async verify(digest: string, username: string, password: string): Promise<Account | null> {
    const found = await this.remembered.get(digest, async () => {
      const [row] = await this.find(username);
      const stored = row && row.user_id !== DEFAULT_USER_ID ? row.password_hash : null;
      const isRight = await verifyPassword(password, stored ?? (await this.nobodysHash));
      if (!row || stored === null || !isRight) return null;
      // Keys are no logins: each of them tells of its own use
      await this.db.query('UPDATE "user" SET last_login = now() WHERE user_id = $1', [row.user_id]);
      return { ...toAccount(row), until: performance.now() + REMEMBERED_MS };
    });
    return found;
  }

  private find(username: string): Promise<UserRow[]> {
    return this.db.prepared<UserRow>('access_find_user', FIND_USER, [username]);
  }

  private digest(username: string, password: string): string {
    return createHmac('sha256', this.cacheKey)
      .update(`${username.toLowerCase()}\0${password}`)
      .digest('base64');
  }
}

function toAccount(row: UserRow): Account {
  return {
    principal: {
      userId: row.user_id,
      username: row.username,
      admin: row.admin,
      apiKeyId: null,
      scopes: null,
      dialect: null,
    },
    rules: new IpRules(row.user_ips ?? []),
  };
}

const admitted = ({ principal, rules }: Account, ip: string) => (rules.allow(ip) ? principal : null);
