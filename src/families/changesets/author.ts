/** The first thing in a text that looks like an address, with the brackets around it if there are any. */
const ADDRESS = /<([^<>\s@]+@[^<>\s@]+)>|([^<>\s@"',;()]+@[^<>\s@"',;()]+)/;

/** Splits `Name <email>` as `get_changeset` shows it. Without an address the whole text is the name. */
export function splitAuthor(author: string): { name: string; email: string } {
  const found = ADDRESS.exec(author);
  const email = found?.[1] ?? found?.[2] ?? '';
  const rest = email === '' ? author : author.replace(email, '').replace(/[<>]/g, '');
  return { name: rest.replace(/\s+/g, ' ').trim(), email };
}
