import { hash, randomBytes } from 'node:crypto';

const WELL_FORMED = /^[0-9A-Za-z]{40}$/;

/** 40 hex characters, as clients of Kallithea and RhodeCode expect. Only the hash is ever stored. */
export function generateApiKey(): { key: string; hash: Buffer; prefix: string } {
  return describeApiKey(randomBytes(20).toString('hex'));
}

/** @param key a key given from outside, e.g. FORGEGATE_ADMIN_API_KEY */
export function describeApiKey(key: string): { key: string; hash: Buffer; prefix: string } {
  return { key, hash: hashApiKey(key), prefix: key.slice(0, 4) };
}

export function isWellFormedApiKey(key: string): boolean {
  return WELL_FORMED.test(key);
}

/**
 * SHA-256. A key has 160 random bits, so that no slow hash is needed, and looking a hash up
 * tells an observer of the timing nothing about the key.
 */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}
