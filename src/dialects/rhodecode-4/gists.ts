import type { GistView } from '../../families/gists/gist.view.js';
import { localDateTime } from '../../rpc/wire-date.js';
import { printed, type PrintedMethods, type Printing } from '../printed-method.js';
import { fields } from './refusals.js';

type Shown = GistView & { content?: Record<string, string> };

async function rhodecodeGists(gists: readonly Shown[], { facts }: Printing) {
  const changes = await facts.rhodecode.gistChanges(gists.map(({ gist_id }) => gist_id));
  return gists.map((gist) => {
    const modified = changes.get(gist.gist_id);
    return {
      ...gist,
      modified_at: modified ? localDateTime(modified) : gist.created_on,
      content: gist.content ?? null,
      acl_level: gist.type === 'private' ? 'acl_private' : 'acl_public',
    };
  });
}

export const gists: PrintedMethods = {
  get_gist: printed<Shown>(async (gist, printing) => (await rhodecodeGists([gist], printing))[0]),
  get_gists: printed<GistView[]>(rhodecodeGists),
  create_gist: printed<{ msg: string; gist: GistView }>(
    async ({ msg, gist }, printing) => ({ msg, gist: (await rhodecodeGists([gist], printing))[0] }),
    { refuses: fields({ argument: (name) => name, detail: () => 'files' }) },
  ),
};
