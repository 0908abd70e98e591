/** Names of repositories and repository groups: a path of components, each equal to its own slug. */

/** What nobody sees or what turns text around: control and format characters, private ones, all blanks but the space. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const REPLACED = /[`?=[\]\\;'"<>,/~!@#$%^&*()+{}|: ]/g;
const RESERVED_AT_TOP = /^(_admin|_\d+)$/i;
const MAX_COMPONENT_BYTES = 200;
export const MAX_PATH_LENGTH = 1024;

export function slug(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/&[^;\s]*;/g, '')
    .replace(REPLACED, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
}

/**
 * Why a new component cannot be used, or null when it can. Dots alone, invisible characters, forms that Unicode
 * normalisation would change, and names that version control or the gateway keeps for itself are refused.
 */
export function componentFault(name: string, atTop: boolean): string | null {
  if (name === '' || /^\.+$/.test(name)) return 'is empty or only dots';
  if (INVISIBLE.test(name)) return 'has invisible characters';
  if (name !== name.normalize('NFC')) return 'is not in Unicode normal form C';
  if (name !== slug(name)) return `has characters that are not allowed; try \`${slug(name)}\``;
  if (/^(\.git|\.hg|\.svn)$/i.test(name) || name.startsWith('rm__')) return 'is kept for the gateway';
  if (atTop && RESERVED_AT_TOP.test(name)) return 'is kept for the gateway';
  if (Buffer.byteLength(name) > MAX_COMPONENT_BYTES) return `is longer than ${MAX_COMPONENT_BYTES} bytes`;
  return null;
}

/** `a/b/c` -> `['a/b', 'c']`; at the top the first is null. */
export function splitName(fullName: string): [parent: string | null, base: string] {
  const at = fullName.lastIndexOf('/');
  return at < 0 ? [null, fullName] : [fullName.slice(0, at), fullName.slice(at + 1)];
}

export function joinName(parent: string | null, base: string): string {
  return parent === null ? base : `${parent}/${base}`;
}

export const isTooLong = (fullName: string) => fullName.length > MAX_PATH_LENGTH;
