import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import type { Principal } from '../../rpc/call.js';
import { denied, notFound } from '../../rpc/errors.js';
import { ActingUser } from '../repos/acting-user.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';

const isHidden = (id: number) => notFound(`pull request \`${id}\` does not exist`);

/** Who may see and change a pull request; to whom neither of its sides is visible, it does not exist. */
@Injectable()
export class PullRequestAccess {
  constructor(
    private readonly reader: PullRequestReader,
    private readonly access: Access,
    private readonly acting: ActingUser,
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
    this.access.requireScope(principal, 'repo', found.other_repo_name, false);
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
    this.access.requireScope(principal, 'repo', found.other_repo_name, false);
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

  /** Whom the caller lets act. */
  actingAs(
    principal: Principal,
    pullRequest: PullRequestRecord,
    userid: number | string | undefined,
  ): Promise<Principal> {
    const subject = `pull request \`${pullRequest.pull_request_id}\``;
    return this.acting.of(principal, userid, pullRequest.other_repo_id, subject);
  }

  private readsTarget(principal: Principal, pullRequest: PullRequestRecord): Promise<boolean> {
    return this.access.has(principal, 'repo', pullRequest.other_repo_id, 'read');
  }
}
