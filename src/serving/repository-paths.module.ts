import { Module } from '@nestjs/common';
import { ReposModule } from '../families/repos/repos.module.js';
import { RepositoryPaths } from './repository-paths.js';

@Module({ imports: [ReposModule], providers: [RepositoryPaths], exports: [RepositoryPaths] })
export class RepositoryPathsModule {}
