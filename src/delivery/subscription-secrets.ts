import { SEALED_COLUMNS } from '../config/sealed-columns.js';
import type { SecretBox } from '../config/secret-box.js';
import type { JsonObject } from '../sdk/index.js';
import { liveKeys, type SigningSecret } from './signing-key.js';

const { purpose: PURPOSE } = SEALED_COLUMNS.webhookSecrets;

/** All that is secret about one subscription; sealed as one piece. */
export interface SubscriptionSecrets {
  readonly signing: readonly SigningSecret[];
  /** Members of `config` that the adapter marks `x-secret`. */
  readonly config: JsonObject;
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
  return liveKeys(signing, now).map(({ secret }) => secret);
}
