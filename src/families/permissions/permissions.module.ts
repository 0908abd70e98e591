import { Module } from '@nestjs/common';
import { ReposModule } from '../repos/repos.module.js';
import { UserGroupsModule } from '../user-groups/user-groups.module.js';
import { UsersModule } from '../users/users.module.js';
import { GlobalPermissionsRpc } from './global-permissions.rpc.js';
import { GlobalPermissions } from './global-permissions.service.js';
import { ObjectGrants } from './object-grants.js';
import { PermissionsRpc } from './permissions.rpc.js';
import { RepoGroupPermissionsRpc } from './repo-group-permissions.rpc.js';
import { RepoGroupPermissions } from './repo-group-permissions.service.js';
import { RepoPermissions } from './repo-permissions.service.js';

@Module({
  imports: [ReposModule, UserGroupsModule, UsersModule],
  controllers: [PermissionsRpc, RepoGroupPermissionsRpc, GlobalPermissionsRpc],
  providers: [GlobalPermissions, ObjectGrants, RepoGroupPermissions, RepoPermissions],
})
export class PermissionsModule {}
