import { Injectable } from '@nestjs/common';
import { SecretBox } from '../config/secret-box.js';
import { Database, type Row, type Sql } from '../database/database.js';
import { liveKeys, rotated, toPublicKey, type PublicKey, type SignatureType } from './signing-key.js';
import { openSecrets, sealSecrets } from './subscription-secrets.js';
import { DeliveryRefusal } from './subscription.js';

interface SealedRow extends Row {
  secrets_sealed: Buffer | null;
}

export interface RotatedKey {
  /** Shown this once; null for a key pair, whose private half nobody but the gateway needs. */
  readonly secret: string | null;
  readonly key: PublicKey;
}

/** The keys that sign the deliveries of a subscription. */
@Injectable()
export class SubscriptionKeys {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {}

  /** Those that sign now, newest first. @throws DeliveryRefusal NOT_FOUND */
  async list(webhookId: number): Promise<PublicKey[]> {
    const { signing } = await this.open(this.db, webhookId);
    return liveKeys(signing, new Date()).map(toPublicKey);
  }

  /** @throws DeliveryRefusal NOT_FOUND; INVALID when its adapter signs nothing */
  async rotate(webhookId: number, type: SignatureType, overlapMs: number): Promise<RotatedKey> {
    return this.db.transaction(async (tx) => {
      const secrets = await this.open(tx, webhookId, 'FOR UPDATE');
      if (secrets.signing.length === 0)
        throw new DeliveryRefusal(
          'INVALID',
          `webhook_id: deliveries of webhook \`${webhookId}\` are not signed`,
          'webhook_id',
        );
      const signing = rotated(secrets.signing, type, overlapMs, new Date());
      await tx.query(
        'UPDATE webhook SET secrets_sealed = $2, updated_at = clock_timestamp() WHERE webhook_id = $1',
        [webhookId, sealSecrets(this.box, { ...secrets, signing })],
      );
      const [newest] = signing;
      if (!newest) throw new Error('a rotation made no key');
      const key = toPublicKey(newest);
      return { secret: key.publicKey === null ? newest.secret : null, key };
    });
  }

  private async open(sql: Sql, webhookId: number, lock: '' | 'FOR UPDATE' = '') {
    const [row] = await sql.query<SealedRow>(
      `SELECT secrets_sealed FROM webhook WHERE webhook_id = $1 AND retired_at IS NULL ${lock}`,
      [webhookId],
    );
    if (!row) throw new DeliveryRefusal('NOT_FOUND', `webhook \`${webhookId}\` does not exist`);
    return openSecrets(this.box, row.secrets_sealed);
  }
}
