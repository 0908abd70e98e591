import { Injectable } from '@nestjs/common';
import { generateApiKey } from '../../access/api-key.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { notFound, refused, RpcFault } from '../../rpc/errors.js';
import { toNetwork } from '../users/network.js';
import type { UserRecord } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import { API_KEY_COLUMNS, toApiKeyView, type ApiKeyRecord, type ApiKeyView } from './api-key.view.js';
import type { CreateApiKeyArgs, RotateApiKeyArgs } from './api-keys.dto.js';
import { checkScopeTexts, requireNoWider } from './key-limits.js';

const MAX_KEYS_PER_USER = 100;
const MINUTE = 60_000;

export type RotatedKey = ApiKeyView & { msg: string; api_key: string; previous: ApiKeyView };

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersDirectory,
    private readonly rights: Rights,
  ) {}

  async create(
    caller: Caller,
    args: CreateApiKeyArgs,
  ): Promise<ApiKeyView & { msg: string; api_key: string }> {
    const owner = await this.users.requireOwn(caller.principal, args.userid);
    if (owner.user_id === DEFAULT_USER_ID) throw refused('the default user cannot have API keys');
    checkScopeTexts(args.scopes ?? []);
    // An empty list limits nothing, as no list does
    const limits = {
      scopes: args.scopes?.length ? args.scopes : null,
      ips: args.ips?.length ? args.ips.map((text) => toNetwork('ips', text)) : null,
    };
    const key = generateApiKey();
    const view = await this.db.transaction(async (tx) => {
      await requireNoWider(tx, caller.principal, limits);
      await this.refuseTooMany(tx, owner);
      return insertKey(tx, key, {
        ...limits,
        user_id: owner.user_id,
        description: args.description,
        dialect: args.dialect ?? null,
        expires_at: args.lifetime < 0 ? null : new Date(Date.now() + args.lifetime * MINUTE),
      });
    });
    return { msg: `created new API key for user \`${owner.username}\``, api_key: key.key, ...view };
  }

  async list(caller: Caller, given?: number | string): Promise<ApiKeyView[]> {
    const owner = await this.users.requireOwn(caller.principal, given);
    const rows = await this.db.query<ApiKeyRecord>(
      `SELECT ${API_KEY_COLUMNS} FROM api_key k JOIN "user" u USING (user_id) WHERE k.user_id = $1 ORDER BY k.api_key_id`,
      [owner.user_id],
    );
    return rows.map(toApiKeyView);
  }

  /**
   * A new key in place of an old one, which works until `overlap` minutes from now and not longer. What the old one
   * was limited to, the new one is; if the old one had an end, the new one lives as long as it did.
   */
  async rotate(caller: Caller, { api_key_id: id, overlap }: RotateApiKeyArgs): Promise<RotatedKey> {
    const key = generateApiKey();
    return this.db.transaction(async (tx) => {
      const old = await this.lock(tx, caller, id);
      const failure = (detail: string) =>
        new RpcFault('REFUSED', `failed to rotate API key \`${id}\``, { detail });
      const now = Date.now();
      if (old.replaced_by !== null) throw failure(`it was rotated already, to API key ${old.replaced_by}`);
      if (old.expires_at && old.expires_at.getTime() <= now) throw failure('it has expired');
      await requireNoWider(tx, caller.principal, old);
      const lifetime = old.expires_at && old.expires_at.getTime() - old.created_on.getTime();
      const view = await insertKey(tx, key, {
        ...old,
        expires_at: lifetime === null ? null : new Date(now + lifetime),
      });
      const ends = new Date(Math.min(now + overlap * MINUTE, old.expires_at?.getTime() ?? Infinity));
      await tx.query('UPDATE api_key SET replaced_by = $2, expires_at = $3 WHERE api_key_id = $1', [
        id,
        view.api_key_id,
        ends,
      ]);
      await this.rights.changed(tx);
      return {
        msg: `rotated API key ID:${id} of user \`${old.username}\``,
        api_key: key.key,
        ...view,
        previous: toApiKeyView({ ...old, replaced_by: view.api_key_id, expires_at: ends }),
      };
    });
  }

  async delete(caller: Caller, apiKeyId: number): Promise<{ msg: string; api_key: null }> {
    const { userId, admin } = caller.principal;
    return this.db.transaction(async (tx) => {
      const [gone] = await tx.query(
        'DELETE FROM api_key WHERE api_key_id = $1 AND ($2 OR user_id = $3) RETURNING 1',
        [apiKeyId, admin, userId],
      );
      if (!gone) throw keyDoesNotExist(apiKeyId);
      await this.rights.changed(tx);
      return { msg: `deleted API key ID:${apiKeyId}`, api_key: null };
    });
  }

  /** Others' keys do not exist for whoever is no super admin. */
  private async lock(tx: Tx, { principal }: Caller, id: number): Promise<ApiKeyRecord> {
    const [row] = await tx.query<ApiKeyRecord>(
      `SELECT ${API_KEY_COLUMNS} FROM api_key k JOIN "user" u USING (user_id)
       WHERE k.api_key_id = $1 AND ($2 OR k.user_id = $3) FOR UPDATE OF k`,
      [id, principal.admin, principal.userId],
    );
    if (!row) throw keyDoesNotExist(id);
    return row;
  }

  /** Expired keys do not count; they stay in the list, with their last use, until they are deleted. */
  private async refuseTooMany(tx: Tx, owner: UserRecord): Promise<void> {
    await tx.query('SELECT 1 FROM "user" WHERE user_id = $1 FOR UPDATE', [owner.user_id]);
    const [count] = await tx.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM api_key WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > now())',
      [owner.user_id],
    );
    if (count && count.n >= MAX_KEYS_PER_USER)
      throw refused(`user \`${owner.username}\` already has ${MAX_KEYS_PER_USER} API keys; delete one first`);
  }
}

const keyDoesNotExist = (id: number) => notFound(`API key \`${id}\` does not exist`);

type NewKey = Pick<ApiKeyRecord, 'user_id' | 'description' | 'dialect' | 'scopes' | 'ips' | 'expires_at'>;

async function insertKey(
  tx: Tx,
  { hash, prefix }: ReturnType<typeof generateApiKey>,
  key: NewKey,
): Promise<ApiKeyView> {
  const [row] = await tx.query<ApiKeyRecord>(
    `WITH k AS (INSERT INTO api_key (user_id, key_hash, prefix, description, dialect, scopes, ips, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7::text[]::cidr[], $8) RETURNING *)
     SELECT ${API_KEY_COLUMNS} FROM k JOIN "user" u USING (user_id)`,
    [key.user_id, hash, prefix, key.description, key.dialect, key.scopes, key.ips, key.expires_at],
  );
  return toApiKeyView(row as ApiKeyRecord);
}
