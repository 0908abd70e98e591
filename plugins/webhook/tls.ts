import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { HttpTls } from 'forgegate/sdk';
import type { WebhookConfig } from './config.js';

/** Undefined when the endpoint is met as everybody is. */
export function tlsOf({ ca, client_cert: cert, client_key: key }: WebhookConfig): HttpTls | undefined {
  if (ca === undefined && cert === undefined) return undefined;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Whether certificates and key are what they say, and belong together. */
export function tlsProblem(
  url: string,
  { ca, client_cert: cert, client_key: key }: WebhookConfig,
): string | null {
  const given = Object.entries({ ca, client_cert: cert, client_key: key }).find(
    ([, text]) => text !== undefined,
  );
  if (!given) return null;
  if (!/^https:/i.test(url)) return `config.${given[0]}: is for https: URLs only`;
  if (ca !== undefined && certificates(ca).length === 0) return `config.ca: ${NO_CERTIFICATE}`;
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined) return 'config.client_cert: is missing beside client_key';
  if (key === undefined) return 'config.client_key: is missing beside client_cert';
  const [own] = certificates(cert);
  if (!own) return `config.client_cert: ${NO_CERTIFICATE}`;
  const secret = privateKey(key);
  if (!secret) return 'config.client_key: holds no private key in PEM without a passphrase';
  return own.checkPrivateKey(secret) ? null : 'config.client_key: does not belong to client_cert';
}

const NO_CERTIFICATE = 'holds no certificate in PEM (-----BEGIN CERTIFICATE-----)';

/** Empty when one of them cannot be read. */
function certificates(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function privateKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}
