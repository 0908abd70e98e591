import { localDateTime, utc } from '../../rpc/wire-date.js';
import type { GistShape } from '../../sdk/index.js';
import type { GistRecord } from './gist-record.js';

export function toGistView(gist: GistRecord, publicUrl: string) {
  return {
    gist_id: gist.gist_id,
    type: gist.gist_type,
    access_id: gist.access_id,
    description: gist.description,
    url: `${publicUrl}/_admin/gists/${gist.access_id}`,
    expires: gist.expires_at === null ? -1 : gist.expires_at.getTime() / 1000,
    created_on: localDateTime(gist.created_on),
  };
}

export type GistView = ReturnType<typeof toGistView>;

/** For events: times in UTC, with owner and file names. */
export const toGistShape = (gist: GistRecord, publicUrl: string): GistShape => ({
  ...toGistView(gist, publicUrl),
  created_on: utc(gist.created_on),
  owner: gist.owner,
  files: gist.files,
});
