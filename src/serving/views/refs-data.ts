import { SANDBOX } from './content-policy.js';
import type { RepoViewRequest, WholeAnswer } from './view.js';

/** `/refs-data`: branches, bookmarks and tags in the shape that Kallithea's pages and their clients read. */
export async function refsData({ backend, directory, ...view }: RepoViewRequest): Promise<WholeAnswer> {
  const { branches, bookmarks, tags } = await backend.refs(directory, view);
  const groups = [
    { text: 'Branch', type: 'branch', refs: branches },
    { text: 'Bookmark', type: 'book', refs: bookmarks },
    { text: 'Tag', type: 'tag', refs: tags },
  ];
  const results = groups
    .map(({ text, type, refs }) => ({
      text,
      children: Object.entries(refs).map(([name, id]) => ({ id, text: name, type })),
    }))
    // Clients take the first group for the branches.
    .filter(({ children }, index) => index === 0 || children.length > 0);
  return {
    headers: { 'content-type': 'application/json', 'content-security-policy': SANDBOX },
    body: JSON.stringify({ more: false, results }),
  };
}
