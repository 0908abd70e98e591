import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { UsersModule } from '../users/users.module.js';
import { ServerRpc } from './server.rpc.js';
import { ServerService } from './server.service.js';

@Module({ imports: [UsersModule, VcsModule], controllers: [ServerRpc], providers: [ServerService] })
export class ServerModule {}
