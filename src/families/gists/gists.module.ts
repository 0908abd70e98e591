import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { UsersModule } from '../users/users.module.js';
import { ExpiredGists } from './expired-gists.js';
import { GistReader } from './gist-reader.js';
import { GistsDirectory } from './gists.directory.js';
import { GistsRpc } from './gists.rpc.js';
import { GistsService } from './gists.service.js';

@Module({
  imports: [EventsModule, UsersModule],
  controllers: [GistsRpc],
  providers: [ExpiredGists, GistReader, GistsDirectory, GistsService],
  exports: [GistReader, GistsDirectory],
})
export class GistsModule {}
