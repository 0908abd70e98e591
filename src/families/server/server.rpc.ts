import { superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { MethodNames } from './method-names.js';
import { GetIpArgs, GetMethodArgs, GetServerInfoArgs, TestArgs } from './server.dto.js';
import { ServerService } from './server.service.js';
import { anything } from '../../rpc/result-shapes.js';
import { Addresses, MatchingMethods, ServerInfo } from './server.results.js';

@RpcFamily('server')
export class ServerRpc {
  constructor(
    private readonly server: ServerService,
    private readonly names: MethodNames,
  ) {}

  @RpcMethod('test', {
    requires: superAdmin(),
    result: anything,
    summary: 'Answer the argument `args` as it is',
  })
  test(@Args() { args }: TestArgs) {
    return args;
  }

  @RpcMethod('get_ip', {
    requires: superAdmin(),
    result: Addresses,
    summary: "Show the caller's address as the gateway sees it, and the networks a user is limited to",
  })
  ip(@Args() args: GetIpArgs, @Caller() call: RpcCall) {
    return this.server.ip(call, args.userid);
  }

  @RpcMethod('get_server_info', {
    requires: superAdmin(),
    result: ServerInfo,
    summary: 'Show versions of the gateway, its libraries and the version-control programs',
  })
  info(@Args() _args: GetServerInfoArgs) {
    return this.server.info();
  }

  @RpcMethod('get_method', {
    requires: superAdmin(),
    result: MatchingMethods,
    summary: 'List methods by name; when it is only one, its arguments as well',
  })
  methods(@Args() { pattern }: GetMethodArgs) {
    return this.names.matching(pattern);
  }
}
