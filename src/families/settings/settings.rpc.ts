import { superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { userUpdated } from '../../sdk/index.js';
import { GatewaySettings } from './gateway-settings.js';
import { GetSettingsArgs, UpdateSettingsArgs } from './settings.dto.js';
import { UpdateSettings } from './update-settings.js';
import { ChangedSettings, GatewaySettingsShape } from './settings.results.js';

@RpcFamily('server')
export class SettingsRpc {
  constructor(
    private readonly settings: GatewaySettings,
    private readonly updating: UpdateSettings,
  ) {}

  @RpcMethod('get_settings', {
    requires: superAdmin(),
    result: GatewaySettingsShape,
    summary: 'Show the settings that are changed while the gateway runs',
  })
  get(@Args() _args: GetSettingsArgs) {
    return this.settings.all();
  }

  @RpcMethod('update_settings', {
    requires: superAdmin(),
    result: ChangedSettings,
    emits: [userUpdated],
    summary: 'Change what is given of the settings, at once on all processes',
  })
  update(@Args() args: UpdateSettingsArgs, @Caller() call: RpcCall) {
    return this.updating.run(call, args);
  }
}
