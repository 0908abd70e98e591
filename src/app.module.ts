import { Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessModule } from './access/access.module.js';
import { ConfigModule } from './config/config.module.js';
import type { SecretBox } from './config/secret-box.js';
import type { Settings } from './config/settings.js';
import { DatabaseModule } from './database/database.module.js';
import { DialectsModule } from './dialects/dialects.module.js';
import { EventsModule } from './events/events.module.js';
import { ApiKeysModule } from './families/api-keys/api-keys.module.js';
import { ChangesetsModule } from './families/changesets/changesets.module.js';
import { CommentsModule } from './families/comments/comments.module.js';
import { EventLogModule } from './families/events/events.module.js';
import { GistsModule } from './families/gists/gists.module.js';
import { JobsModule } from './families/jobs/jobs.module.js';
import { PermissionsModule } from './families/permissions/permissions.module.js';
import { PluginBindingsModule } from './plugin-bindings/plugin-bindings.module.js';
import { PullRequestsModule } from './families/pull-requests/pull-requests.module.js';
import { RepoGroupsModule } from './families/repo-groups/repo-groups.module.js';
import { ReposModule } from './families/repos/repos.module.js';
import { ServerModule } from './families/server/server.module.js';
import { SettingsModule } from './families/settings/settings.module.js';
import { UserGroupsModule } from './families/user-groups/user-groups.module.js';
import { UsersModule } from './families/users/users.module.js';
import { WebhooksModule } from './families/webhooks/webhooks.module.js';
import { RpcModule } from './rpc/rpc.module.js';
import { ServingModule } from './serving/serving.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';

export interface Platform {
  /** With a database URL in it, also when that is the embedded server's. */
  readonly settings: Settings;
  readonly secrets: SecretBox;
  readonly logger: Logger;
}

/** What the gateway is made of: the platform first, then the method families. */
@Module({})
export class AppModule {
  static on({ settings, secrets, logger }: Platform): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(settings, secrets),
        TelemetryModule.with(logger),
        DatabaseModule,
        RpcModule,
        AccessModule,
        EventsModule,

        ServerModule,
        SettingsModule,
        UsersModule,
        ApiKeysModule,
        UserGroupsModule,
        RepoGroupsModule,
        ReposModule,
        PermissionsModule,
        ChangesetsModule,
        PullRequestsModule,
        CommentsModule,
        GistsModule,
        WebhooksModule,
        EventLogModule,
        JobsModule,

        DialectsModule,
        ServingModule,
        PluginBindingsModule,
      ],
    };
  }
}
