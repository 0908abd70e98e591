import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { UsersModule } from '../users/users.module.js';
import { MethodNames } from './method-names.js';
import { ServerRpc } from './server.rpc.js';
import { ServerService } from './server.service.js';

@Module({
  imports: [UsersModule, VcsModule],
  controllers: [ServerRpc],
  providers: [MethodNames, ServerService],
})
export class ServerModule {}
