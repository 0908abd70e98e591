import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { UserGroupMembersService } from './user-group-members.service.js';
import { UserGroupReader } from './user-group-reader.js';
import { UserGroupRightsService } from './user-group-rights.service.js';
import { UserGroupsDirectory } from './user-groups.directory.js';
import { UserGroupsRpc } from './user-groups.rpc.js';
import { UserGroupsService } from './user-groups.service.js';

@Module({
  imports: [UsersModule],
  controllers: [UserGroupsRpc],
  providers: [
    UserGroupMembersService,
    UserGroupReader,
    UserGroupRightsService,
    UserGroupsDirectory,
    UserGroupsService,
  ],
  exports: [UserGroupsDirectory],
})
export class UserGroupsModule {}
