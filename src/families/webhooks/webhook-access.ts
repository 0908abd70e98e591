import { Injectable } from '@nestjs/common';
import { Access, lacksScope } from '../../access/access.service.js';
import type { Subscription, SubscriptionScope } from '../../delivery/subscription.js';
import { SubscriptionsService } from '../../delivery/subscriptions.service.js';
import type { Principal } from '../../rpc/call.js';
import { denied, invalidParams, notFound } from '../../rpc/errors.js';
import { asRpcFault } from './as-rpc-fault.js';

/**
 * Who may manage a webhook: everything - super admins, a group's - its admins, a repository's - its admins. A key with
 * scopes needs those of all that the webhook hears of: it goes on hearing when the key is gone.
 */
@Injectable()
export class WebhookAccess {
  constructor(
    private readonly access: Access,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /** The scope that the arguments name, if the caller may have webhooks there. */
  async scope(
    principal: Principal,
    args: { repoid?: number | string; repogroupid?: number | string },
  ): Promise<Pick<SubscriptionScope, 'repoId' | 'repoGroupId'>> {
    if (args.repoid !== undefined && args.repogroupid !== undefined) {
      throw invalidParams('give `repoid` or `repogroupid`, not both');
    }
    if (args.repoid !== undefined) {
      const repo = await this.access.require(principal, 'repo', args.repoid, 'admin');
      return { repoId: repo.id, repoGroupId: null };
    }
    if (args.repogroupid !== undefined) {
      const group = await this.access.require(principal, 'repoGroup', args.repogroupid, 'admin');
      const missing = this.access.missingForAllBelow(principal, group.name);
      if (missing) throw lacksScope(missing);
      return { repoId: null, repoGroupId: group.id };
    }
    if (!principal.admin) throw denied('hg.admin');
    if (this.access.isLimitedToObjects(principal))
      throw denied('scopes', 'This API key is limited to some repositories and groups');
    return { repoId: null, repoGroupId: null };
  }

  /** @throws RpcFault NOT_FOUND for missing and hidden alike */
  async require(principal: Principal, webhookId: number): Promise<Subscription> {
    const webhook = await this.subscriptions.get(webhookId).catch(asRpcFault);
    if (!(await this.mayManage(principal, webhook)))
      throw notFound(`webhook \`${webhookId}\` does not exist`);
    return webhook;
  }

  private async mayManage(principal: Principal, webhook: Subscription): Promise<boolean> {
    const { repoId, repoGroupId } = webhook;
    if (principal.scopes !== null && !(await this.isInScope(principal, webhook))) return false;
    if (repoId !== null) return this.access.has(principal, 'repo', repoId, 'admin');
    if (repoGroupId !== null) return this.access.has(principal, 'repoGroup', repoGroupId, 'admin');
    return principal.admin;
  }

  private async isInScope(principal: Principal, { repoId, repoGroupId }: Subscription): Promise<boolean> {
    if (repoId !== null) {
      const repo = await this.access.find('repo', repoId);
      return this.access.isInScope(principal, 'repo', repo?.name ?? '');
    }
    if (repoGroupId === null) return !this.access.isLimitedToObjects(principal);
    const group = await this.access.find('repoGroup', repoGroupId);
    return group !== null && this.access.missingForAllBelow(principal, group.name) === null;
  }
}
