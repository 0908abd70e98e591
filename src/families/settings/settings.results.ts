import { flag, message, named, oneOf, text } from '../../rpc/result-shapes.js';

export const GatewaySettingsShape = named('GatewaySettings', {
  anonymous_access: flag,
  default_repo_type: oneOf('git', 'hg'),
  default_repo_private: flag,
  default_repo_enable_downloads: flag,
  default_repo_enable_statistics: flag,
  repository_fields: flag,
  clone_uri_tmpl: text,
});

export const ChangedSettings = message({ settings: GatewaySettingsShape });
