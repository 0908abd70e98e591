import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../config/secret-box.js';
import type { JsonObject } from '../sdk/index.js';

const PURPOSE = 'webhook.secrets';

/** A key that signs deliveries until `expires_at`, or for good when that is null. Times are ISO 8601, UTC. */
export interface SigningSecret {
  readonly secret: string;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/** All that is secret about one subscription; sealed as one piece. */
export interface SubscriptionSecrets {
  readonly signing: readonly SigningSecret[];
  /** Members of `config` that the adapter marks `x-secret`. */
  readonly config: JsonObject;
}

/** `whsec_` and 32 random bytes, as Standard Webhooks writes symmetric secrets. */
export function generateSigningSecret(now: Date): SigningSecret {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  return { secret, created_at: now.toISOString(), expires_at: null };
}

export function sealSecrets(box: SecretBox, secrets: SubscriptionSecrets): Buffer | null {
  const { signing, config } = secrets;
  return signing.length === 0 && Object.keys(config).length === 0 ? null : box.sealJson(secrets, PURPOSE);
}

/** @throws SecretBoxError when the master key is not the one that sealed them */
export function openSecrets(box: SecretBox, sealed: Buffer | null): SubscriptionSecrets {
  return sealed === null
    ? { signing: [], config: {} }
    : (box.openJson(sealed, PURPOSE) as SubscriptionSecrets);
}

/** Keys that sign now, newest first. */
export function liveSecrets({ signing }: SubscriptionSecrets, now: Date): string[] {
  const stamp = now.toISOString();
  return signing
    .filter(({ expires_at }) => expires_at === null || expires_at > stamp)
    .sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
    .map(({ secret }) => secret);
}
