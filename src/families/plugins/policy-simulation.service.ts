import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database } from '../../database/database.js';
import type { HostedPolicy } from '../../plugin-host/contributions.js';
import { PluginHost } from '../../plugin-host/plugin-host.js';
import { deadlineOf } from '../../plugin-host/policy-terms.js';
import type { Caller } from '../../rpc/call.js';
import { invalidParams, notFound } from '../../rpc/errors.js';
import type { EventEnvelope, PolicyQuestion } from '../../sdk/index.js';
import { pastQuestions, TELLING, type PastQuestion } from './past-questions.js';
import type { SimulatePolicyArgs } from './plugins.dto.js';

/** $1 types, $2 repo_id, $3 how many: the newest ones, oldest first. */
const PAST = `
  SELECT body, coalesce(admin, false) AS admin FROM (
    SELECT e.event_id, e.body, u.admin
      FROM event e LEFT JOIN "user" u ON u.user_id = e.actor_user_id
     WHERE e.only_webhook_id IS NULL AND e.expunged_at IS NULL AND e.type = ANY ($1::text[])
       AND ($2::int IS NULL OR e.repo_id = $2)
     ORDER BY e.event_id DESC LIMIT $3) AS newest
   ORDER BY event_id`;

/** Asks a policy about what has happened, to see whom it would have refused. Nothing comes of its answers. */
@Injectable()
export class PolicySimulation {
  constructor(
    private readonly host: PluginHost,
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  async run({ principal, signal }: Caller, { plugin_id, policy: name, repoid, limit }: SimulatePolicyArgs) {
    const policy = this.policy(plugin_id, name);
    const { actions } = policy.declaration;
    const repo = repoid === undefined ? null : await this.access.require(principal, 'repo', repoid, 'read');
    const rows = await this.db.query<{ body: string; admin: boolean }>(PAST, [
      [...new Set(actions.flatMap((action) => TELLING[action]))],
      repo?.id ?? null,
      limit,
    ]);
    const past = rows.map(({ body, admin }) => ({ event: JSON.parse(body) as EventEnvelope, admin }));
    const asked = pastQuestions(past).filter(({ question }) => actions.includes(question.action));
    const decisions = [];
    for (const each of asked) {
      signal.throwIfAborted();
      decisions.push(decision(each, await this.ask(policy, each.question, signal)));
    }
    const refused = decisions.filter(({ allowed }) => !allowed).length;
    return { policy: policy.name, asked: decisions.length, refused, decisions };
  }

  private policy(pluginId: string, name: string | undefined): HostedPolicy {
    const plugin = this.host.plugin(pluginId);
    if (!plugin) throw notFound(`plugin \`${pluginId}\` does not exist`);
    const { policy: policies } = plugin.contributed;
    const names = policies.map((policy) => policy.name).join(', ');
    if (policies.length === 0) throw notFound(`plugin \`${pluginId}\` has no policy in force`);
    const found = policies.find((policy) =>
      name === undefined ? policies.length === 1 : policy.name === name,
    );
    if (!found) throw invalidParams(`argument \`policy\` must be one of ${names}`);
    return found;
  }

  private async ask(policy: HostedPolicy, question: PolicyQuestion, signal: AbortSignal) {
    const { declaration } = policy;
    const late = AbortSignal.timeout(deadlineOf(declaration));
    try {
      const verdict = await policy.decide(question, AbortSignal.any([signal, late]));
      return { allowed: verdict.allow, failed: false, reason: verdict.allow ? null : verdict.reason };
    } catch (error) {
      return { allowed: declaration.onFailure === 'open', failed: true, reason: (error as Error).message };
    }
  }
}

function decision(
  { event, question }: PastQuestion,
  verdict: { allowed: boolean; failed: boolean; reason: string | null },
) {
  return {
    event_id: event.data.event_id,
    timestamp: event.timestamp,
    action: question.action,
    repo_name: question.repository.repo_name,
    username: question.caller.username,
    ...verdict,
  };
}
