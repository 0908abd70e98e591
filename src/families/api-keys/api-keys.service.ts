import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { generateApiKey } from '../../access/api-key.js';
import { Rights } from '../../access/rights.js';
import { Scopes } from '../../access/scopes.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, invalidParams, notFound, refused } from '../../rpc/errors.js';
import type { UserRecord } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import { API_KEY_COLUMNS, toApiKeyView, type ApiKeyRecord, type ApiKeyView } from './api-key.view.js';
import type { CreateApiKeyArgs } from './api-keys.dto.js';

const MAX_KEYS_PER_USER = 100;

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
    const owner = await this.owner(caller, args.userid);
    checkScopes(caller, args.scopes);
    const networks = args.ips?.map(toNetwork) ?? null;
    const { key, hash, prefix } = generateApiKey();
    const expires = args.lifetime < 0 ? null : new Date(Date.now() + args.lifetime * 60_000);
    const view = await this.db.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM "user" WHERE user_id = $1 FOR UPDATE', [owner.user_id]);
      const [count] = await tx.query<{ n: number }>('SELECT count(*) AS n FROM api_key WHERE user_id = $1', [
        owner.user_id,
      ]);
      if (count && count.n >= MAX_KEYS_PER_USER) {
        throw refused(
          `user \`${owner.username}\` already has ${MAX_KEYS_PER_USER} API keys; delete one first`,
        );
      }
      const [row] = await tx.query<ApiKeyRecord>(
        `WITH k AS (INSERT INTO api_key (user_id, key_hash, prefix, description, dialect, scopes, ips, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7::text[]::cidr[], $8) RETURNING *)
         SELECT ${API_KEY_COLUMNS} FROM k JOIN "user" u USING (user_id)`,
        [
          owner.user_id,
          hash,
          prefix,
          args.description,
          args.dialect ?? null,
          args.scopes ?? null,
          networks,
          expires,
        ],
      );
      return toApiKeyView(row as ApiKeyRecord);
    });
    return { msg: `created new API key for user \`${owner.username}\``, api_key: key, ...view };
  }

  async list(caller: Caller, given?: number | string): Promise<ApiKeyView[]> {
    const owner = await this.owner(caller, given);
    const rows = await this.db.query<ApiKeyRecord>(
      `SELECT ${API_KEY_COLUMNS} FROM api_key k JOIN "user" u USING (user_id) WHERE k.user_id = $1 ORDER BY k.api_key_id`,
      [owner.user_id],
    );
    return rows.map(toApiKeyView);
  }

  async delete(caller: Caller, apiKeyId: number): Promise<{ msg: string; api_key: null }> {
    const { userId, admin } = caller.principal;
    return this.db.transaction(async (tx) => {
      const [gone] = await tx.query(
        'DELETE FROM api_key WHERE api_key_id = $1 AND ($2 OR user_id = $3) RETURNING 1',
        [apiKeyId, admin, userId],
      );
      if (!gone) throw notFound(`API key \`${apiKeyId}\` does not exist`);
      await this.rights.changed(tx);
      return { msg: `deleted API key ID:${apiKeyId}`, api_key: null };
    });
  }

  private async owner(caller: Caller, given?: number | string): Promise<UserRecord> {
    const { principal } = caller;
    const self = await this.users.require(principal.userId);
    if (given === undefined || given === self.username || Number(given) === self.user_id) return self;
    if (!principal.admin) throw refused('userid is not the same as your user');
    const user = await this.users.require(given);
    if (user.username === 'default') throw refused('the default user cannot have API keys');
    return user;
  }
}

/** A key with scopes cannot make one that may do more. */
function checkScopes(caller: Caller, wanted: readonly string[] | undefined): void {
  const own = caller.principal.scopes;
  const tooWide =
    own && (wanted === undefined || wanted.length === 0 || wanted.some((scope) => !own.includes(scope)));
  if (tooWide) throw denied('scopes', 'A key with scopes can only make keys with some of the same scopes');
  const bad = wanted?.find((scope) => !Scopes.isValid(scope));
  if (bad !== undefined) {
    throw invalidParams(
      `argument \`scopes\` has an invalid scope "${bad}": allowed are read, method names or globs, repo:<glob>, group:<glob>`,
    );
  }
}

function toNetwork(text: string): string {
  try {
    if (!text.includes('/')) return ipaddr.parse(text).toString();
    const [address, prefix] = ipaddr.parseCIDR(text);
    const network =
      address.kind() === 'ipv4'
        ? ipaddr.IPv4.networkAddressFromCIDR(text)
        : ipaddr.IPv6.networkAddressFromCIDR(text);
    return `${network.toString()}/${prefix}`;
  } catch {
    throw invalidParams(`argument \`ips\`: "${text}" is no address and no CIDR network such as 10.0.0.0/24`);
  }
}
