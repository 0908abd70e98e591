import { Module } from '@nestjs/common';
import { UpdateUser } from './update-user.js';
import { UserEmailsService } from './user-emails.service.js';
import { UserNetworksService } from './user-networks.service.js';
import { UserPermissions } from './user-permissions.js';
import { UserReader } from './user-reader.js';
import { UsersDirectory } from './users.directory.js';
import { UsersRpc } from './users.rpc.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersRpc],
  providers: [
    UpdateUser,
    UserEmailsService,
    UserNetworksService,
    UserPermissions,
    UserReader,
    UsersDirectory,
    UsersService,
  ],
  exports: [UserNetworksService, UsersDirectory],
})
export class UsersModule {}
