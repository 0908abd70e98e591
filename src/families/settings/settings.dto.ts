import { Bool, OneOf, Text } from '../../rpc/argument-types.js';
import type { RepoType } from '../../vcs/vcs.js';
import type { GatewaySettingValues } from './gateway-settings.js';

export class GetSettingsArgs {}

export class UpdateSettingsArgs implements Partial<GatewaySettingValues> {
  @Bool({
    optional: true,
    description: 'whether the rights of `default` hold without a key; the `active` flag of that user',
  })
  anonymous_access?: boolean;

  @OneOf(['hg', 'git'], { optional: true, description: 'type of new repositories' })
  default_repo_type?: RepoType;

  @Bool({ optional: true, description: 'whether new repositories are private' })
  default_repo_private?: boolean;

  @Bool({ optional: true, description: 'whether archives of new repositories may be downloaded' })
  default_repo_enable_downloads?: boolean;

  @Bool({ optional: true, description: 'whether statistics of new repositories are shown' })
  default_repo_enable_statistics?: boolean;

  @Bool({ optional: true, description: 'whether extra fields of repositories are shown as `ex_<key>`' })
  repository_fields?: boolean;

  @Text({
    optional: true,
    max: 1024,
    description: 'clone addresses, made of {scheme} {user} {netloc} and {repo} or {repoid}',
  })
  clone_uri_tmpl?: string;
}
