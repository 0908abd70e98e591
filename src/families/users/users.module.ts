import { Module } from '@nestjs/common';
import { UserReader } from './user-reader.js';
import { UsersDirectory } from './users.directory.js';
import { UsersRpc } from './users.rpc.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersRpc],
  providers: [UserReader, UsersDirectory, UsersService],
  exports: [UsersDirectory],
})
export class UsersModule {}
