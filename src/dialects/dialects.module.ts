import { Global, Module } from '@nestjs/common';
import { ReposModule } from '../families/repos/repos.module.js';
import { UserGroupsModule } from '../families/user-groups/user-groups.module.js';
import { UsersModule } from '../families/users/users.module.js';
import { Dialects } from '../rpc/dialects.js';
import { PrintedDialects } from './printed-dialects.js';
import { PrintedFacts } from './printed-facts.js';
import { RhodeCodeFacts } from './rhodecode-facts.js';

@Global()
@Module({
  imports: [ReposModule, UserGroupsModule, UsersModule],
  providers: [PrintedFacts, RhodeCodeFacts, { provide: Dialects, useClass: PrintedDialects }],
  exports: [Dialects],
})
export class DialectsModule {}
