import { Injectable } from '@nestjs/common';
import { asGiven, findByIdOrName } from '../../access/object-directory.js';
import { Database } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { notFound } from '../../rpc/errors.js';
import { GIST_BY_ACCESS_ID, GIST_BY_ID, type GistRecord } from './gist-record.js';

/** Finds gists for those who may see them; for everybody else they do not exist. */
@Injectable()
export class GistsDirectory {
  constructor(private readonly db: Database) {}

  /** Public gists for every user, private ones for their owner and super admins. */
  async readable(principal: Principal, given: number | string): Promise<GistRecord> {
    const gist = await this.find(given);
    if (gist === null || (gist.gist_type !== 'public' && !isMine(principal, gist))) throw doesNotExist(given);
    return gist;
  }

  /** For those who may change it: the owner and super admins. */
  async own(principal: Principal, given: number | string): Promise<GistRecord> {
    const gist = await this.find(given);
    if (gist === null || !isMine(principal, gist)) throw doesNotExist(given);
    return gist;
  }

  private find(given: number | string): Promise<GistRecord | null> {
    const one = async (name: string, text: string, value: number | string) =>
      (await this.db.prepared<GistRecord>(name, text, [value]))[0] ?? null;
    return findByIdOrName(
      {
        byId: (id) => one('gist_by_id', GIST_BY_ID, id),
        byName: (accessId) => one('gist_by_access_id', GIST_BY_ACCESS_ID, accessId),
      },
      given,
    );
  }
}

const isMine = (principal: Principal, gist: GistRecord) =>
  principal.admin || principal.userId === gist.owner_id;

const doesNotExist = (given: unknown) => notFound(`gist \`${asGiven(given)}\` does not exist`);
