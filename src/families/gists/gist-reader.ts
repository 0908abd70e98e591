import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { UsersDirectory } from '../users/users.directory.js';
import { selectGists, type GistFile, type GistRecord } from './gist-record.js';
import { toGistView, type GistView } from './gist.view.js';
import { GistsDirectory } from './gists.directory.js';
import type { GetGistArgs, GetGistsArgs } from './gists.dto.js';

const OF_OWNER = selectGists(`g.owner_id = $1 AND ($2::text IS NULL OR g.gist_type = $2)
  AND ($3::int IS NULL OR g.gist_id < $3) ORDER BY g.gist_id DESC LIMIT $4`);
const CONTENT = 'SELECT filename, content FROM gist_file WHERE gist_id = $1 ORDER BY filename';

@Injectable()
export class GistReader {
  constructor(
    private readonly db: Database,
    private readonly gists: GistsDirectory,
    private readonly users: UsersDirectory,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async get(
    caller: Caller,
    { gistid, content }: GetGistArgs,
  ): Promise<GistView & { content?: Record<string, string> }> {
    const gist = await this.gists.readable(caller.principal, gistid);
    const view = toGistView(gist, this.settings.publicUrl);
    return content ? { ...view, content: await this.content(gist) } : view;
  }

  /** Newest first. */
  async list({ principal }: Caller, args: GetGistsArgs): Promise<GistView[]> {
    const { userid, gist_type, limit, cursor } = args;
    const isForAll = gist_type === 'public' && userid !== undefined;
    const owner = isForAll ? this.users.require(userid) : this.users.requireOwn(principal, userid);
    const rows = await this.db.query<GistRecord>(OF_OWNER, [
      (await owner).user_id,
      gist_type ?? null,
      cursor ?? null,
      limit ?? null,
    ]);
    return rows.map((gist) => toGistView(gist, this.settings.publicUrl));
  }

  /** Sorted by name. Ask {@link GistsDirectory.readable} for the gist first. */
  files({ gist_id }: GistRecord): Promise<GistFile[]> {
    return this.db.query<GistFile>(CONTENT, [gist_id]);
  }

  private async content(gist: GistRecord): Promise<Record<string, string>> {
    const files = await this.files(gist);
    return Object.fromEntries(files.map(({ filename, content }) => [filename, content.toString('utf8')]));
  }
}
