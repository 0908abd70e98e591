import { setTimeout as delay } from 'node:timers/promises';
import type { Requirement } from '../../src/rpc/requirement.js';
import { Bool, Id, Int, JsonObjectArg, OneOf, StringList, Text } from '../../src/rpc/argument-types.js';
import type { RpcCall } from '../../src/rpc/call.js';
import { conflict, refused } from '../../src/rpc/errors.js';
import { anything } from '../../src/rpc/result-shapes.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../src/rpc/method.js';

const anyone: Requirement = { kind: 'public' };
const authenticated: Requirement = { kind: 'authenticated' };

export class SubtractArgs {
  @Int() minuend!: number;
  @Int() subtrahend!: number;
}

export class UpToFive {
  @Int({ optional: true }) a?: number;
  @Int({ optional: true }) b?: number;
  @Int({ optional: true }) c?: number;
  @Int({ optional: true }) d?: number;
  @Int({ optional: true }) e?: number;
}

export class RepoArgs {
  @Id({ description: 'id or full name' }) repoid!: number | string;
  @Text() perm!: string;
  @Bool({ optional: true }) private?: boolean;
  @Int({ optional: true, min: -1, max: 1000 }) lifetime = -1;
  @OneOf(['git', 'hg'], { optional: true }) repo_type?: string;
  @StringList({ optional: true }) reviewers?: string[];
  @JsonObjectArg({ optional: true }) files?: Record<string, unknown>;
  @Text({ nullable: true, optional: true, max: 20 }) description?: string | null;
  @Text({ optional: true, secret: true, max: 8 }) password?: string;
}

export class PullRequestArgs {
  @Id() pullrequest_id!: number | string;
  @Bool({ optional: true }) remove_obsolete = false;
}

export class EchoArgs {
  @Text() text!: string;
}

/** What tests look at after a call that was not answered. */
export const seen = { notified: [] as unknown[], aborted: [] as unknown[], called: [] as string[] };

@RpcFamily('fixture')
export class FixtureRpc {
  @RpcMethod('subtract', { requires: anyone, result: anything, summary: 'Subtract' })
  subtract(@Args() { minuend, subtrahend }: SubtractArgs) {
    return minuend - subtrahend;
  }

  @RpcMethod('sum', { requires: anyone, result: anything, summary: 'Add' })
  sum(@Args() args: UpToFive) {
    return total(args);
  }

  @RpcMethod('update', { requires: anyone, result: anything, summary: 'Take note' })
  update(@Args() args: UpToFive) {
    seen.notified.push(total(args));
  }

  @RpcMethod('notify_sum', { requires: anyone, result: anything, summary: 'Take note of a sum' })
  notifySum(@Args() args: UpToFive) {
    seen.notified.push(total(args));
  }

  @RpcMethod('notify_hello', { requires: anyone, result: anything, summary: 'Take note of a greeting' })
  notifyHello(@Args() args: UpToFive) {
    seen.notified.push(args.a);
  }

  @RpcMethod('get_data', { requires: anyone, result: anything, summary: 'Two values' })
  getData() {
    return ['hello', 5];
  }

  @RpcMethod('get_ip', { requires: authenticated, result: anything, summary: 'Who calls', since: '0.1.0' })
  getIp(@Caller() call: RpcCall) {
    const { ip, method, protocol, dialect, requestId, principal } = call;
    return { ip, method, protocol, dialect, request_id: requestId, username: principal.username };
  }

  @RpcMethod('repo_like', {
    requires: authenticated,
    result: anything,
    summary: 'Shows what was bound',
    deprecated: 'get_data',
  })
  repoLike(@Args() args: RepoArgs) {
    return Object.assign({}, args);
  }

  @RpcMethod('pull_request_like', {
    requires: authenticated,
    result: anything,
    summary: 'Shows what was bound',
  })
  pullRequestLike(@Args() args: PullRequestArgs) {
    return Object.assign({}, args);
  }

  @RpcMethod('admin_only', {
    requires: { kind: 'superAdmin' },
    result: anything,
    summary: 'For super admins',
  })
  adminOnly(@Args() _args: EchoArgs) {
    return 'welcome';
  }

  @RpcMethod('echo', { requires: authenticated, result: anything, summary: 'Echo' })
  echo(@Args() { text }: EchoArgs) {
    return text;
  }

  @RpcMethod('nothing', { requires: anyone, result: anything, summary: 'No result' })
  nothing() {
    seen.called.push('nothing');
  }

  @RpcMethod('unencodable', { requires: anyone, result: anything, summary: 'A result that is no JSON' })
  unencodable() {
    return { big: 1n };
  }

  @RpcMethod('refuse', { requires: anyone, result: anything, summary: 'Refused by rule' })
  refuse() {
    throw refused('this is refused');
  }

  @RpcMethod('collide', { requires: anyone, result: anything, summary: 'A conflict' })
  collide() {
    throw conflict('already there');
  }

  @RpcMethod('explode', { requires: anyone, result: anything, summary: 'A fault of ours' })
  async explode() {
    seen.called.push('explode');
    await delay(1);
    throw new Error('secret path /etc/forgegate at line 7');
  }

  @RpcMethod('hang', { requires: anyone, result: anything, summary: 'Never ends by itself' })
  hang(@Caller() call: Caller) {
    seen.called.push('hang');
    return new Promise<never>(() => {
      call.signal.addEventListener('abort', () => seen.aborted.push(call.signal.reason));
    });
  }

  @RpcMethod('wait', { requires: anyone, result: anything, summary: 'Ends after some milliseconds' })
  async wait(@Args() { a = 0 }: UpToFive) {
    seen.called.push('wait');
    await delay(a);
    return a;
  }
}

const total = ({ a = 0, b = 0, c = 0, d = 0, e = 0 }: UpToFive) => a + b + c + d + e;
