import { Module } from '@nestjs/common';
import { PullRequestReader } from './pull-request-reader.js';

/** Apart from `PullRequestsModule`, because repositories show their pull requests and pull requests need repositories. */
@Module({ providers: [PullRequestReader], exports: [PullRequestReader] })
export class PullRequestReaderModule {}
