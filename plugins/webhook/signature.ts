import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** The bytes of a secret written `whsec_` + base64, with or without the prefix. @throws Error when there are none */
export function secretBytes(secret: string): Buffer {
  const bytes = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  if (bytes.length === 0) throw new Error('the signing secret is empty');
  return bytes;
}

/**
 * The `webhook-signature` header of Standard Webhooks v1: one signature for each live secret, in the given order.
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
  return secrets
    .map((secret) => {
      const mac = createHmac('sha256', secretBytes(secret))
        .update(`${id}.${timestamp}.`)
        .update(body, 'utf8');
      return `v1,${mac.digest('base64')}`;
    })
    .join(' ');
}
