import { randomInt } from 'node:crypto';

/** Digits and letters without those that people mistake for one another. */
const SYMBOLS = '23456789abcdefghjklmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ';
const LENGTH = 20;

/** Whoever knows it can name a private gist; 116 bits. */
export function newAccessId(): string {
  return Array.from({ length: LENGTH }, () => SYMBOLS[randomInt(SYMBOLS.length)]).join('');
}
