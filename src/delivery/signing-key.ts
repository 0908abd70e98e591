import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** `v1`: HMAC-SHA256 with a shared secret; `v1a`: ed25519, receivers verify with a public key. */
export const SIGNATURE_TYPES = ['v1', 'v1a'] as const;
export type SignatureType = (typeof SIGNATURE_TYPES)[number];

/** A key that signs deliveries until `expires_at`, or for good when that is null. Times are ISO 8601, UTC. */
export interface SigningSecret {
  /** `whsec_` and 32 random bytes, or `whsk_` and an ed25519 seed with its public key; both in base64. */
  readonly secret: string;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/** A key as people may see it. */
export interface PublicKey {
  /** Tells keys apart, and says nothing about them. */
  readonly keyId: string;
  readonly type: SignatureType;
  /** `whpk_` and base64, as Standard Webhooks writes it; null for a shared secret. */
  readonly publicKey: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export const MOST_KEYS = 5;
const SEED_BYTES = 32;
const PRIVATE = 'whsk_';

export function generateSigningSecret(now: Date, type: SignatureType = 'v1'): SigningSecret {
  const secret = type === 'v1' ? `whsec_${randomBytes(32).toString('base64')}` : generatePair();
  return { secret, created_at: now.toISOString(), expires_at: null };
}

/**
 * A new key in front; those before it sign until `overlapMs` has passed (unless they end earlier), so that receivers
 * may change over. Ended ones and the oldest beyond {@link MOST_KEYS} are left out.
 */
export function rotated(
  keys: readonly SigningSecret[],
  type: SignatureType,
  overlapMs: number,
  now: Date,
): SigningSecret[] {
  const end = new Date(now.getTime() + overlapMs).toISOString();
  const kept = liveKeys(keys, now)
    .map((key) => ({
      ...key,
      expires_at: key.expires_at !== null && key.expires_at < end ? key.expires_at : end,
    }))
    .filter(({ expires_at }) => expires_at > now.toISOString());
  return [generateSigningSecret(now, type), ...kept].slice(0, MOST_KEYS);
}

/** Those that sign now, newest first. */
export function liveKeys(keys: readonly SigningSecret[], now: Date): SigningSecret[] {
  const stamp = now.toISOString();
  return keys
    .filter(({ expires_at }) => expires_at === null || expires_at > stamp)
    .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

export function toPublicKey({ secret, created_at, expires_at }: SigningSecret): PublicKey {
  const isPrivate = secret.startsWith(PRIVATE);
  return {
    keyId: createHash('sha256').update(secret).digest('hex').slice(0, 16),
    type: isPrivate ? 'v1a' : 'v1',
    publicKey: isPrivate ? `whpk_${publicBytes(secret).toString('base64')}` : null,
    createdAt: new Date(created_at),
    expiresAt: expires_at === null ? null : new Date(expires_at),
  };
}

const publicBytes = (secret: string): Buffer =>
  Buffer.from(secret.slice(PRIVATE.length), 'base64').subarray(SEED_BYTES);

function generatePair(): string {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return (
    PRIVATE + Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]).toString('base64')
  );
}
