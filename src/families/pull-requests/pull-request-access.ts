import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import type { Principal } from '../../rpc/call.js';
import { denied, notFound, refused } from '../../rpc/errors.js';
import { UsersDirectory } from '../users/users.directory.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';

const isHidden = (id: number) => notFound(`pull request \`${id}\` does not exist`);

/** Who may see and change a pull request; to whom neither of its sides is visible, it does not exist. */
@Injectable()
export class PullRequestAccess {
  constructor(
    private readonly reader: PullRequestReader,
    private readonly access: Access,
    private readonly users: UsersDirectory,
  ) {}

  /**
   * For Kallithea's methods: whoever reads the source.
   * @param texts what the method says to one who reads the target but not the source
   */
  async requireSource(
    principal: Principal,
    id: number,
    texts: { unreadableSource: string },
  ): Promise<PullRequestRecord> {
    const { found, readsSource } = await this.requireSeen(principal, id);
    if (!readsSource) throw denied('repository.read', texts.unreadableSource);
    return found;
  }

  /** Whoever reads either side. */
  async requireSeen(
    principal: Principal,
    id: number,
  ): Promise<{ found: PullRequestRecord; readsSource: boolean }> {
    const found = await this.reader.byId(id);
    if (!found) throw isHidden(id);
    const readsSource = await this.access.has(principal, 'repo', found.org_repo_id, 'read');
    if (!readsSource && !(await this.readsTarget(principal, found))) throw isHidden(id);
    this.access.requireScope(principal, 'repo', found.other_repo_name);
    return { found, readsSource };
  }

  /** For RhodeCode's methods: whoever reads the target; when `repoid` is given, it must be the target. */
  async requireTarget(
    principal: Principal,
    { pullrequestid, repoid }: { pullrequestid: number; repoid?: number | string },
  ): Promise<PullRequestRecord> {
    const named = repoid === undefined ? null : await this.access.require(principal, 'repo', repoid, 'read');
    const found = await this.reader.byId(pullrequestid);
    if (!found || (named !== null && named.id !== found.other_repo_id)) throw isHidden(pullrequestid);
    if (!(await this.readsTarget(principal, found))) throw isHidden(pullrequestid);
    this.access.requireScope(principal, 'repo', found.other_repo_name);
    return found;
  }

  isOwner(principal: Principal, pullRequest: PullRequestRecord): boolean {
    return principal.admin || principal.userId === pullRequest.owner_id;
  }

  writesTarget(principal: Principal, pullRequest: PullRequestRecord): Promise<boolean> {
    return this.access.has(principal, 'repo', pullRequest.other_repo_id, 'write');
  }

  administersTarget(principal: Principal, pullRequest: PullRequestRecord): Promise<boolean> {
    return this.access.has(principal, 'repo', pullRequest.other_repo_id, 'admin');
  }

  /** Its author, and whoever writes to the target. */
  async mayChange(principal: Principal, pullRequest: PullRequestRecord): Promise<boolean> {
    return this.isOwner(principal, pullRequest) || (await this.writesTarget(principal, pullRequest));
  }

  /** RhodeCode's `userid`: administrators of the target may act as somebody else, with his rights. */
  async actingAs(
    principal: Principal,
    pullRequest: PullRequestRecord,
    userid: number | string | undefined,
  ): Promise<Principal> {
    const isSelf = userid === principal.username || Number(userid) === principal.userId;
    if (userid === undefined || isSelf) return principal;
    if (!(await this.administersTarget(principal, pullRequest)))
      throw refused('userid is not the same as your user');
    const user = await this.users.require(userid);
    const acting = { ...principal, userId: user.user_id, username: user.username, admin: user.admin };
    const isUsable = user.active && user.user_id !== DEFAULT_USER_ID;
    if (!isUsable || !(await this.readsTarget(acting, pullRequest))) {
      throw refused(`user \`${userid}\` has no access to pull request \`${pullRequest.pull_request_id}\``);
    }
    return acting;
  }

  private readsTarget(principal: Principal, pullRequest: PullRequestRecord): Promise<boolean> {
    return this.access.has(principal, 'repo', pullRequest.other_repo_id, 'read');
  }
}
