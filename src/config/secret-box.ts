import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A sealed secret that cannot be opened: changed, made for another purpose, or sealed with a key that is not here. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

const VERSION = 1;
const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES + NONCE_BYTES;

/**
 * Encrypts secrets at rest with AES-256-GCM. A sealed secret is: version (1 byte), key id (4), nonce (12), cipher text,
 * tag (16); everything in front and the purpose are authenticated, so that a secret sealed for one column cannot be
 * moved to another. Each purpose has a key of its own, derived from the master key.
 */
export class SecretBox {
  /** Of the key that seals, 8 hexadecimal digits; says nothing about the key. */
  readonly keyId: string;
  /** Of all keys that open, the one that seals first. */
  readonly keyIds: readonly string[];
  private readonly keys: readonly { id: Buffer; key: Buffer }[];

  /** @param masterKeys 32 bytes each; the first one seals, all of them open (older ones, after a rotation) */
  constructor(...masterKeys: readonly [Buffer, ...Buffer[]]) {
    this.keys = masterKeys.map((key) => ({ id: idOf(key), key }));
    this.keyIds = this.keys.map(({ id }) => id.toString('hex'));
    this.keyId = idOf(masterKeys[0]).toString('hex');
  }

  /** @param purpose what the secret is, e.g. `webhook.secret`; needed again to open it */
  seal(text: string, purpose: string): Buffer {
    const current = this.keys[0];
    if (!current) throw new SecretBoxError('There is no master key');
    const header = Buffer.concat([Buffer.of(VERSION), current.id, randomBytes(NONCE_BYTES)]);
    const cipher = createCipheriv('aes-256-gcm', subkey(current.key, purpose), nonceOf(header));
    cipher.setAAD(authenticated(header, purpose));
    return Buffer.concat([header, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws SecretBoxError */
  open(sealed: Buffer, purpose: string): string {
    if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
      throw new SecretBoxError('This is not a sealed secret');
    }
    const header = sealed.subarray(0, HEADER_BYTES);
    const id = header.subarray(1, 1 + ID_BYTES);
    const found = this.keys.find((key) => key.id.equals(id));
    if (!found) {
      throw new SecretBoxError(`Sealed with master key ${id.toString('hex')}, which is not here`);
    }
    const decipher = createDecipheriv('aes-256-gcm', subkey(found.key, purpose), nonceOf(header));
    decipher.setAAD(authenticated(header, purpose)).setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw new SecretBoxError('The sealed secret was changed, or was sealed for another purpose');
    }
  }

  sealJson(value: unknown, purpose: string): Buffer {
    return this.seal(JSON.stringify(value), purpose);
  }

  /** @throws SecretBoxError */
  openJson(sealed: Buffer, purpose: string): unknown {
    return JSON.parse(this.open(sealed, purpose));
  }
}

function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('forgegate master key id').update(key).digest().subarray(0, ID_BYTES);
}

function subkey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `forgegate secret ${purpose}`, 32));
}

function nonceOf(header: Buffer): Buffer {
  return header.subarray(1 + ID_BYTES);
}

function authenticated(header: Buffer, purpose: string): Buffer {
  return Buffer.concat([header, Buffer.from(purpose)]);
}
