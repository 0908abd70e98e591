import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Policy } from '../families/repos/policies.js';
import { PushPolicies, type ProposedChange } from '../families/repos/push-policies.js';
import { RepoPolicies, type ProposedRepo } from '../families/repos/repo-policies.js';
import { ReposDirectory } from '../families/repos/repos.directory.js';
import type { HostedPolicy } from '../plugin-host/contributions.js';
import { PluginHost } from '../plugin-host/plugin-host.js';
import { PluginRefusal } from '../plugin-host/plugin-manifest.js';
import { deadlineOf, MOST_COMMITS } from '../plugin-host/policy-terms.js';
import type { Caller } from '../rpc/call.js';
import type { PolicyAction, PolicyCommit, PolicyQuestion, PolicyRef } from '../sdk/index.js';
import type { RefChange } from '../vcs/ref-changes.js';

/** Reading what is asked about takes time that is not the policy's. */
const QUESTION_MS = 60_000;
const ACTIONS: ReadonlySet<string> = new Set<PolicyAction>(['push', 'merge', 'create', 'delete']);

/** Lets policies of plugins be asked where something may be refused. */
@Injectable()
export class PluginPolicies implements OnModuleInit {
  private readonly withdrawals = new Map<HostedPolicy, (() => void)[]>();
  /** Read once for all policies. */
  private readonly questions = new WeakMap<ProposedChange, Promise<PolicyQuestion>>();

  constructor(
    private readonly host: PluginHost,
    private readonly changes: PushPolicies,
    private readonly lifecycle: RepoPolicies,
    private readonly repos: ReposDirectory,
  ) {}

  onModuleInit(): void {
    this.host.bind('policy', {
      add: (policy) => this.add(policy),
      remove: (policy) => {
        for (const withdraw of this.withdrawals.get(policy) ?? []) withdraw();
        this.withdrawals.delete(policy);
      },
    });
  }

  private add(policy: HostedPolicy): void {
    const { name, declaration } = policy;
    const unknown = declaration.actions.find((action) => !ACTIONS.has(action));
    if (unknown !== undefined)
      throw new PluginRefusal('POLICY_REFUSED', `policy ${name}: there is no action ${unknown}`);
    const deadlineMs = deadlineOf(declaration);
    const terms = {
      name,
      deadlineMs: QUESTION_MS + deadlineMs,
      whenItFails: declaration.onFailure === 'open' ? 'allow' : 'refuse',
    } as const;
    const within = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    const asks = (action: PolicyAction) => declaration.actions.includes(action);
    const onChange: Policy<ProposedChange> = {
      ...terms,
      check: async (change, signal) =>
        asks(change.source) ? reasonOf(policy, await this.questionOf(change), within(signal)) : null,
    };
    const onLifecycle: Policy<ProposedRepo> = {
      ...terms,
      check: async (proposal, signal) =>
        asks(proposal.action) ? reasonOf(policy, this.aboutRepo(proposal), within(signal)) : null,
    };
    this.withdrawals.set(policy, [this.changes.add(onChange), this.lifecycle.add(onLifecycle)]);
  }

  private questionOf(change: ProposedChange): Promise<PolicyQuestion> {
    const known = this.questions.get(change) ?? this.aboutChange(change);
    this.questions.set(change, known);
    return known;
  }

  private aboutRepo({ caller, action, repo_id, repo_name, repo_type }: ProposedRepo): PolicyQuestion {
    const ref = this.repos.ref({ repo_id: repo_id ?? 0, repo_name, repo_type, clone_uri_tmpl: null });
    return { action, caller: callerOf(caller), repository: { ...ref, repo_id } };
  }

  private async aboutChange(change: ProposedChange): Promise<PolicyQuestion> {
    const { caller, repo, source, changes, pullRequest } = change;
    const base = { action: source, caller: callerOf(caller), repository: this.repos.ref(repo) };
    const [refs, commits]: [PolicyRef[], PolicyCommit[]] = [[], []];
    let total = 0;
    for (const each of changes) {
      const extent = each.to === null ? { count: 0, isForward: true } : await change.extent(each);
      total += extent.count;
      if (each.kind !== 'changesets') refs.push(refOf(each, !extent.isForward));
      const room = MOST_COMMITS - commits.length;
      if (extent.count === 0 || room === 0) continue;
      for (const { rawId, message, author } of await change.commits(each, room))
        commits.push({ raw_id: rawId, message, author });
    }
    return {
      ...base,
      refs,
      commits,
      commits_total: total,
      ...(pullRequest && { pull_request: pullRequest }),
    };
  }
}

async function reasonOf(
  policy: HostedPolicy,
  question: PolicyQuestion,
  signal: AbortSignal,
): Promise<string | null> {
  const verdict = await policy.decide(question, signal);
  return verdict.allow ? null : verdict.reason;
}

const refOf = ({ kind, name, from, to }: RefChange, forced: boolean): PolicyRef => ({
  kind: kind === 'changesets' ? 'other' : kind,
  name,
  old: from,
  new: to,
  forced,
});

const callerOf = ({ principal }: Caller) => ({
  user_id: principal.userId,
  username: principal.username,
  admin: principal.admin,
});
