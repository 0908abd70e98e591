import { createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';

const PREFIX = 'whsec_';
const PRIVATE_PREFIX = 'whsk_';
const MOST_KEPT = 1_000;
const privateKeys = new Map<string, KeyObject>();

/** The bytes of a secret written `whsec_` + base64, with or without the prefix. @throws Error when there are none */
export function secretBytes(secret: string): Buffer {
  const bytes = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  if (bytes.length === 0) throw new Error('the signing secret is empty');
  return bytes;
}

/**
 * The `webhook-signature` header of Standard Webhooks: one signature for each live key, in the given order; `v1` for
 * `whsec_...` (HMAC-SHA256), `v1a` for `whsk_...` (ed25519).
 * @param timestamp of this attempt, in seconds
 */
export function signatureHeader(
  secrets: readonly string[],
  id: string,
  timestamp: number,
  body: string,
): string {
  if (secrets.length === 0) throw new Error('there is no signing secret');
  if (id.includes('.')) throw new Error('a message id must not contain a dot');
  const content = Buffer.from(`${id}.${timestamp}.${body}`, 'utf8');
  return secrets
    .map((secret) =>
      secret.startsWith(PRIVATE_PREFIX)
        ? `v1a,${sign(null, content, privateKey(secret)).toString('base64')}`
        : `v1,${createHmac('sha256', secretBytes(secret)).update(content).digest('base64')}`,
    )
    .join(' ');
}

/** Lower-case hex, as GitHub and Gitea sign: their key is the secret as text. */
export function plainSignature(secret: string, body: string, hash: 'sha1' | 'sha256'): string {
  return createHmac(hash, secret).update(body, 'utf8').digest('hex');
}

/** Made once for each secret. */
function privateKey(secret: string): KeyObject {
  const known = privateKeys.get(secret);
  if (known) return known;
  const bytes = Buffer.from(secret.slice(PRIVATE_PREFIX.length), 'base64');
  if (bytes.length !== 64) throw new Error('a private signing key has 64 bytes');
  const [d, x] = [bytes.subarray(0, 32), bytes.subarray(32)].map((part) => part.toString('base64url'));
  const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' });
  if (privateKeys.size >= MOST_KEPT) privateKeys.clear();
  privateKeys.set(secret, key);
  return key;
}
