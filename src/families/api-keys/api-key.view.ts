import { localDateTime } from '../../rpc/wire-date.js';

export interface ApiKeyRecord extends Record<string, unknown> {
  api_key_id: number;
  user_id: number;
  username: string;
  prefix: string;
  description: string;
  dialect: string | null;
  scopes: string[] | null;
  ips: string[] | null;
  created_on: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  last_used_ip: string | null;
  replaced_by: number | null;
}

export const API_KEY_COLUMNS = `k.api_key_id, k.user_id, u.username, k.prefix, k.description, k.dialect, k.scopes,
  k.ips::text[] AS ips, k.created_on, k.expires_at, k.last_used_at, host(k.last_used_ip) AS last_used_ip, k.replaced_by`;

/** Never the key itself: `prefix` is its first four characters, to recognise it by. */
export function toApiKeyView(key: ApiKeyRecord) {
  return {
    api_key_id: key.api_key_id,
    user: key.username,
    prefix: key.prefix,
    description: key.description,
    dialect: key.dialect,
    scopes: key.scopes,
    ips: key.ips,
    created_on: localDateTime(key.created_on),
    /** Unix seconds, -1 = never. */
    expires: key.expires_at === null ? -1 : key.expires_at.getTime() / 1000,
    last_used_at: key.last_used_at && localDateTime(key.last_used_at),
    last_used_ip: key.last_used_ip,
    /** The key that `rotate_api_key` put in its place. */
    replaced_by: key.replaced_by,
  };
}

export type ApiKeyView = ReturnType<typeof toApiKeyView>;
