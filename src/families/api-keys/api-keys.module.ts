import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ApiKeysRpc } from './api-keys.rpc.js';
import { ApiKeysService } from './api-keys.service.js';

@Module({ imports: [UsersModule], controllers: [ApiKeysRpc], providers: [ApiKeysService] })
export class ApiKeysModule {}
