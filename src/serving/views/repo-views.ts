import { Injectable } from '@nestjs/common';
import { archive } from './archive.js';
import { changesetDiff, changesetDownload, changesetPatch } from './changeset-texts.js';
import { ChangesetPage } from './changeset-page.js';
import { atomFeed, rssFeed } from './feed.js';
import { PullRequestPage } from './pull-request-page.js';
import { downloadedFile, rawFile } from './raw-file.js';
import { refsData } from './refs-data.js';
import { repositoryPage } from './repository-page.js';
import type { RepoViewRequest, ViewAnswer } from './view.js';

/** One view of repositories. */
export interface RepoView {
  /** Parts of the path behind the repository's name that name it. */
  readonly path: readonly string[];
  /** How the setting of views that take a key in the address names it; `always`: they do without it. Absent: never. */
  readonly keyInAddress?: string;
  show(view: RepoViewRequest): Promise<ViewAnswer>;
}

/** What is below the name of a repository; the names in the setting are those of Kallithea's controllers. */
@Injectable()
export class RepoViews {
  private readonly views: readonly RepoView[];

  constructor(changesets: ChangesetPage, pullRequests: PullRequestPage) {
    const [raw, diff] = ['FilesController:raw', 'ChangesetController:changeset_raw'];
    this.views = [
      { path: ['raw'], keyInAddress: raw, show: rawFile },
      { path: ['rawfile'], keyInAddress: raw, show: downloadedFile },
      { path: ['changeset-diff'], keyInAddress: diff, show: changesetDiff },
      { path: ['raw-diff'], keyInAddress: diff, show: changesetDiff },
      { path: ['changeset-download'], keyInAddress: diff, show: changesetDownload },
      {
        path: ['changeset-patch'],
        keyInAddress: 'ChangesetController:changeset_patch',
        show: changesetPatch,
      },
      { path: ['archive'], keyInAddress: 'FilesController:archivefile', show: archive },
      { path: ['feed', 'atom'], keyInAddress: 'always', show: atomFeed },
      { path: ['feed', 'rss'], keyInAddress: 'always', show: rssFeed },
      { path: ['refs-data'], keyInAddress: 'HomeController:repo_refs_data', show: refsData },
      {
        path: ['pull-request'],
        keyInAddress: 'PullrequestsController:show',
        show: (view) => pullRequests.show(view),
      },
      { path: ['changeset'], show: (view) => changesets.show(view) },
    ];
  }

  /** @param rest behind the repository's name @returns the view and what is left of the path */
  find(rest: readonly string[]): { view: RepoView; rest: readonly string[] } | null {
    if (rest.length === 0) return { view: { path: [], show: repositoryPage }, rest };
    const view = this.views.find(({ path }) => path.every((part, index) => rest[index] === part));
    return view ? { view, rest: rest.slice(view.path.length) } : null;
  }
}
