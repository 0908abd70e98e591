import { decidedBy } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { CreateApiKeyArgs, DeleteApiKeyArgs, GetApiKeysArgs, RotateApiKeyArgs } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ApiKey, CreatedApiKey, DeletedApiKey, RotatedApiKey } from './api-keys.results.js';

const ONESELF = decidedBy('any valid API key for keys of oneself; super admin for those of others');

@RpcFamily('api-keys')
export class ApiKeysRpc {
  constructor(private readonly keys: ApiKeysService) {}

  @RpcMethod('create_api_key', {
    requires: ONESELF,
    result: CreatedApiKey,
    summary: 'Create an API key for oneself (super admins: for anyone); the key is shown only here',
  })
  create(@Args() args: CreateApiKeyArgs, @Caller() call: RpcCall) {
    return this.keys.create(call, args);
  }

  @RpcMethod('get_api_keys', {
    requires: ONESELF,
    result: listOf(ApiKey),
    summary: 'List API keys with their last use, never the keys',
  })
  list(@Args() args: GetApiKeysArgs, @Caller() call: RpcCall) {
    return this.keys.list(call, args.userid);
  }

  @RpcMethod('rotate_api_key', {
    requires: ONESELF,
    result: RotatedApiKey,
    summary: 'Put a new API key in the place of an old one, with the same limits; it is shown only here',
  })
  rotate(@Args() args: RotateApiKeyArgs, @Caller() call: RpcCall) {
    return this.keys.rotate(call, args);
  }

  @RpcMethod('delete_api_key', {
    requires: ONESELF,
    result: DeletedApiKey,
    summary: 'Revoke an API key at once, on all processes',
  })
  delete(@Args() args: DeleteApiKeyArgs, @Caller() call: RpcCall) {
    return this.keys.delete(call, args.api_key_id);
  }
}
