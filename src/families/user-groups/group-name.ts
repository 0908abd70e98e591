const GROUP_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.@+ -]*[\p{L}\p{N}_.@+-])?$/u;

/** Why a name cannot be given to a user group, or null when it can. */
export function groupNameFault(name: string): string | null {
  if (name.toLowerCase() === 'default') return 'the name `default` is reserved';
  if (name !== name.normalize('NFC')) return 'the name is not in Unicode normal form C';
  if (GROUP_NAME.test(name)) return null;
  return 'a name has letters, digits, blanks and `_ . @ + -`, the first a letter, a digit or `_`, the last no blank';
}
