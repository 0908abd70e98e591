import { Scopes } from '../../access/scopes.js';
import type { Sql } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { denied, invalidParams } from '../../rpc/errors.js';

/** What a key may do less than its user; null: no limit of that kind. */
export interface KeyLimits {
  scopes: string[] | null;
  /** CIDR. */
  ips: string[] | null;
}

/** @throws RpcFault INVALID_PARAMS */
export function checkScopeTexts(scopes: readonly string[]): void {
  const bad = scopes.find((scope) => !Scopes.isValid(scope));
  if (bad === undefined) return;
  throw invalidParams(
    `argument \`scopes\` has an invalid scope "${bad}": allowed are read, method names or globs, repo:<glob>, group:<glob>`,
  );
}

/**
 * A limited key can only make keys under its own limits or narrower ones; otherwise whoever holds it would hold all.
 * @throws RpcFault DENIED
 */
export async function requireNoWider(sql: Sql, principal: Principal, wanted: KeyLimits): Promise<void> {
  const own = principal.scopes;
  if (own?.length && (wanted.scopes === null || wanted.scopes.some((scope) => !own.includes(scope))))
    throw denied('scopes', 'A key with scopes can only make keys with some of the same scopes');
  const [wider] = await sql.query(
    `SELECT 1 FROM api_key WHERE api_key_id = $1 AND ips IS NOT NULL AND ($2::text[] IS NULL OR EXISTS (
       SELECT 1 FROM unnest($2::text[]) AS w (network) WHERE NOT w.network::inet <<= ANY (ips::inet[])))`,
    [principal.apiKeyId, wanted.ips],
  );
  if (wider)
    throw denied('ips', 'A key that is limited to networks can only make keys limited to some of the same');
}
