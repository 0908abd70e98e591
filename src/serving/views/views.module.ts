import { Module } from '@nestjs/common';
import { GistsModule } from '../../families/gists/gists.module.js';
import { PullRequestsModule } from '../../families/pull-requests/pull-requests.module.js';
import { ReposModule } from '../../families/repos/repos.module.js';
import { VcsModule } from '../../vcs/vcs.module.js';
import { RepositoryPathsModule } from '../repository-paths.module.js';
import { ChangesetPage } from './changeset-page.js';
import { GistViews } from './gist-views.js';
import { PullRequestPage } from './pull-request-page.js';
import { RepoViews } from './repo-views.js';
import { ViewAccess } from './view-access.js';
import { ViewMetrics } from './view-metrics.js';
import { ViewServer } from './view-server.js';

@Module({
  imports: [GistsModule, PullRequestsModule, ReposModule, RepositoryPathsModule, VcsModule],
  providers: [ChangesetPage, GistViews, PullRequestPage, RepoViews, ViewAccess, ViewMetrics, ViewServer],
})
export class ViewsModule {}
