import { Module } from '@nestjs/common';
import { ReposModule } from '../repos/repos.module.js';
import { UsersModule } from '../users/users.module.js';
import { PermissionsRpc } from './permissions.rpc.js';
import { PermissionsService } from './permissions.service.js';

@Module({
  imports: [ReposModule, UsersModule],
  controllers: [PermissionsRpc],
  providers: [PermissionsService],
})
export class PermissionsModule {}
