import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import type { Principal } from '../../rpc/call.js';
import { denied, notFound } from '../../rpc/errors.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';

/** Who may see a pull request: whoever reads its source; to whom neither side is visible, it does not exist. */
@Injectable()
export class PullRequestAccess {
  constructor(
    private readonly reader: PullRequestReader,
    private readonly access: Access,
  ) {}

  /** @param texts what the method says to one who reads the target but not the source */
  async require(
    principal: Principal,
    id: number,
    texts: { unreadableSource: string },
  ): Promise<PullRequestRecord> {
    const found = await this.reader.byId(id);
    const missing = () => notFound(`pull request \`${id}\` does not exist`);
    if (!found) throw missing();
    if (!(await this.access.has(principal, 'repo', found.org_repo_id, 'read'))) {
      if (!(await this.access.has(principal, 'repo', found.other_repo_id, 'read'))) throw missing();
      throw denied('repository.read', texts.unreadableSource);
    }
    this.access.requireScope(principal, 'repo', found.other_repo_name);
    return found;
  }
}
