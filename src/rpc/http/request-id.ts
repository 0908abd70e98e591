import { randomBytes } from 'node:crypto';

const SANE = /^[A-Za-z0-9._~:+/=@-]{1,128}$/;
const processPart = randomBytes(8).toString('hex');
let sequence = 0;

/** The caller's own `X-Request-Id` when it is harmless in logs and headers, else a new one, unique across processes. */
export function requestIdFrom(header: string | string[] | undefined): string {
  if (typeof header === 'string' && SANE.test(header)) return header;
  sequence++;
  return `${processPart}-${sequence.toString(36)}`;
}
