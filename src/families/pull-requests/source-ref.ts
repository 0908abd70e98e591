import { refused } from '../../rpc/errors.js';
import type { RefType } from '../../vcs/vcs.js';

export interface GivenRef {
  type: Extract<RefType, 'branch' | 'book' | 'tag'>;
  name: string;
  /** As written; null when only the name was given. */
  commit: string | null;
}

const TYPES: Readonly<Record<string, GivenRef['type']>> = {
  branch: 'branch',
  book: 'book',
  bookmark: 'book',
  tag: 'tag',
};

/** `branch:name` or `branch:name:commit`; refusals as RhodeCode words them. */
export function parseRef(text: string): GivenRef {
  const [typeName = '', name = '', commit, ...rest] = text.split(':');
  if (name === '' || rest.length > 0 || commit === '') {
    throw refused(
      `Ref \`${text}\` given in a wrong format. Please check the API documentation for more details`,
    );
  }
  const type = TYPES[typeName];
  if (!type) {
    throw refused(
      `Ref \`${text}\` type is not allowed. Only:['bookmark', 'book', 'tag', 'branch'] are possible.`,
    );
  }
  return { type, name, commit: commit ?? null };
}
