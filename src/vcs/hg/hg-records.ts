import { recordedText } from '../recorded-text.js';
import { recordedTime } from '../recorded-time.js';
import type { Changeset } from '../vcs.js';

export const NULL_ID = '0'.repeat(40);

/** Members of the `-T json` output that are read, by command. */
interface LogRecord {
  node: string;
  rev: number;
  desc: string;
  user: string;
  date: [number, number];
  branch: string;
  parents: string[];
}
interface NameRecord {
  node: string;
  branch?: string;
  tag?: string;
  bookmark?: string;
}

/** Changesets of `log`; the null changeset, which stands for "nothing", is left out. */
export function changesetsOf(json: unknown): Changeset[] {
  return (json as LogRecord[])
    .filter(({ node }) => node !== NULL_ID)
    .map(({ node, rev, desc, user, date, branch, parents }) => ({
      rawId: node,
      revision: rev,
      message: recordedText(desc),
      author: recordedText(user),
      date: recordedTime(date[0]),
      branch: recordedText(branch),
      parents: parents.filter((parent) => parent !== NULL_ID),
    }));
}

/** Ids by name from `branches`, `tags` or `bookmarks`. Without a prototype: `__proto__` is a good name for a branch. */
export function namesOf(json: unknown): Record<string, string> {
  const names = Object.create(null) as Record<string, string>;
  for (const { node, branch, tag, bookmark } of json as NameRecord[]) {
    const name = branch ?? tag ?? bookmark;
    if (name !== undefined && node !== NULL_ID) names[recordedText(name)] = node;
  }
  return names;
}
