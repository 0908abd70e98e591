import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Comparisons } from '../../families/pull-requests/comparisons.js';
import { PullRequestAccess } from '../../families/pull-requests/pull-request-access.js';
import type { PullRequestRecord } from '../../families/pull-requests/pull-request-record.js';
import { reviewResult } from '../../families/pull-requests/review-result.js';
import { ReposDirectory } from '../../families/repos/repos.directory.js';
import { notFound } from '../../rpc/errors.js';
import type { Changeset, Diff } from '../../vcs/vcs.js';
import { diffMarkup, SHOWN_DIFF_BYTES } from './diff-markup.js';
import { html } from './html.js';
import { page, time } from './page.js';
import { remarkMarkup } from './remark-markup.js';
import { changesetTable, trailOf } from './repository-page.js';
import { plainText } from './text-answers.js';
import type { RepoViewRequest, ViewAnswer } from './view.js';

/** Of a long pull request the newest are shown. */
const SHOWN_REVISIONS = 100;

/** `/pull-request/<id>`, with whatever Kallithea's addresses have behind it, and `/pull-request/<id>.diff`. */
@Injectable()
export class PullRequestPage {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly comparisons: Comparisons,
    private readonly rights: Access,
    private readonly repos: ReposDirectory,
  ) {}

  async show(view: RepoViewRequest): Promise<ViewAnswer> {
    const [, id, ending] = /^(\d{1,10})(\.diff)?$/.exec(view.rest[0] ?? '') ?? [];
    if (id === undefined) throw notFound('a pull request is named by its number');
    const found = await this.access.requireTarget(view.principal, {
      pullrequestid: Number(id),
      repoid: view.repo.repo_id,
    });
    return ending === undefined ? this.pageOf(view, found) : this.diffOf(view, found);
  }

  private async diffOf({ signal }: RepoViewRequest, found: PullRequestRecord): Promise<ViewAnswer> {
    const { repo, path, rawId } = await this.comparisons.source(found);
    return {
      etag: `${found.other_ref_rev}-${rawId}-diff`,
      headers: plainText(),
      open: () => this.comparisons.backend(repo).openDiff(path, found.other_ref_rev, rawId, { signal }),
    };
  }

  private async pageOf(view: RepoViewRequest, found: PullRequestRecord): Promise<ViewAnswer> {
    const { home } = view;
    const { changesets, diff } = await this.contentOf(view, found);
    const changesHome = await this.sourceHome(view, found);
    const here = `${home}/pull-request/${found.pull_request_id}`;
    const result = reviewResult(found.reviewers.map(({ vote }) => vote));
    const comments = found.comments.filter(({ text }) => text !== '');
    const state = found.merge_commit === null ? (found.status === 'new' ? 'open' : 'closed') : 'merged';
    return page({
      title: `#${found.pull_request_id} ${found.title} · ${found.other_repo_name}`,
      trail: [...trailOf(view), { text: `#${found.pull_request_id}`, href: here }],
      main: html`<h1>${found.title} <span class="dim">#${found.pull_request_id}</span></h1>
        <ul class="plain row">
          <li><span class="tag">${state}</span></li>
          <li>
            <span class="tag${result === 'approved' && ' good'}${result === 'rejected' && ' bad'}"
              >${result.replace('_', ' ')}</span
            >
          </li>
        </ul>
        <dl class="facts">
          <dt>From</dt>
          <dd>${found.org_ref_type} <strong>${found.org_ref_name}</strong> of ${found.org_repo_name}</dd>
          <dt>Into</dt>
          <dd>
            ${found.other_ref_type} <strong>${found.other_ref_name}</strong> of ${found.other_repo_name}
          </dd>
          <dt>Author</dt>
          <dd>${found.owner}</dd>
          <dt>Created</dt>
          <dd>${time(found.created_on)}</dd>
          <dt>Updated</dt>
          <dd>${time(found.updated_on)}</dd>
          ${
            found.merge_commit !== null &&
            html`<dt>Merged as</dt>
              <dd>
                <a class="id" href="${home}/changeset/${found.merge_commit}"
                  >${found.merge_commit.slice(0, 12)}</a
                >
              </dd>`
          }
          <dt>Reviewers</dt>
          <dd>
            ${
              found.reviewers.length === 0
                ? 'none'
                : found.reviewers.map(
                    ({ username, vote }, index) =>
                      html`${index > 0 && ', '}${username} (${(vote ?? 'not_reviewed').replace('_', ' ')})`,
                  )
            }
          </dd>
          <dt>As text</dt>
          <dd><a href="${here}.diff">difference</a></dd>
        </dl>
        ${found.description !== '' && html`<div class="box words">${found.description}</div>`}
        <h2>Changesets</h2>
        ${changesets === null ? html`<p class="dim">They cannot be read any more.</p>` : changesetTable(changesHome, changesets)}
        ${found.revisions.length > SHOWN_REVISIONS && html`<p class="dim">The newest ${SHOWN_REVISIONS} of ${found.revisions.length}.</p>`}
        <h2>Comments</h2>
        ${comments.length === 0 ? html`<p class="dim">None.</p>` : comments.map(remarkMarkup)}
        <h2>Changes</h2>
        ${diff === null ? html`<p class="dim">They cannot be read any more.</p>` : diffMarkup(diff, `${here}.diff`)}`,
    });
  }

  /** Its revisions may be in the source alone, which the reader may not see. */
  private async sourceHome({ principal, repo, home }: RepoViewRequest, found: PullRequestRecord) {
    const { org_repo_id, org_repo_name } = found;
    if (org_repo_id === repo.repo_id) return home;
    if (!(await this.rights.has(principal, 'repo', org_repo_id, 'read'))) return null;
    return new URL(this.repos.ref({ ...repo, repo_name: org_repo_name }).url).pathname;
  }

  /** What the repositories still know; a pull request outlives its branches. */
  private async contentOf(
    { signal }: RepoViewRequest,
    found: PullRequestRecord,
  ): Promise<{ changesets: Changeset[] | null; diff: Diff | null }> {
    const { repo, path, rawId } = await this.comparisons.source(found);
    const backend = this.comparisons.backend(repo);
    const newest = found.revisions.slice(-SHOWN_REVISIONS).toReversed();
    const options = { maxTextBytes: SHOWN_DIFF_BYTES, signal };
    const [changesets, diff] = await Promise.all([
      backend.changesets(path, newest, { signal }).catch(unlessStopped(signal)),
      backend.diff(path, found.other_ref_rev, rawId, options).catch(unlessStopped(signal)),
    ]);
    return { changesets, diff };
  }
}

const unlessStopped = (signal: AbortSignal) => (error: unknown) => {
  if (signal.aborted) throw error;
  return null;
};
