import { Injectable } from '@nestjs/common';
import { commentsOn, statusOf, type ChangesetComment } from '../../families/changesets/changeset-remarks.js';
import { Database } from '../../database/database.js';
import { diffMarkup, SHOWN_DIFF_BYTES } from './diff-markup.js';
import { titleOf } from './feed.js';
import { html } from './html.js';
import { page, time } from './page.js';
import { remarkMarkup } from './remark-markup.js';
import { trailOf } from './repository-page.js';
import { wholeRevision } from './revision-part.js';
import { revisionNotFound } from '../../vcs/names.js';
import type { RepoViewRequest, WholeAnswer } from './view.js';

/** `/changeset/<revision>` */
@Injectable()
export class ChangesetPage {
  constructor(private readonly db: Database) {}

  async show(view: RepoViewRequest): Promise<WholeAnswer> {
    const { repo, home, backend, directory } = view;
    const rawId = await wholeRevision(view);
    const [changeset] = await backend.changesets(directory, [rawId], view);
    if (changeset === undefined) throw revisionNotFound(rawId);
    const subject = { repoId: repo.repo_id, rawId };
    const [[diff], comments, status] = await Promise.all([
      backend.patches(directory, [rawId], { maxTextBytes: SHOWN_DIFF_BYTES, signal: view.signal }),
      commentsOn(this.db, subject),
      statusOf(this.db, subject),
    ]);
    const whole = `${home}/changeset-diff/${rawId}`;
    return page({
      title: `${titleOf(changeset)} · ${repo.repo_name}`,
      trail: [...trailOf(view), { text: rawId.slice(0, 12), href: `${home}/changeset/${rawId}` }],
      main: html`<h1>${titleOf(changeset)}</h1>
        <dl class="facts">
          <dt>Changeset</dt>
          <dd class="id">${rawId}</dd>
          <dt>Author</dt>
          <dd>${changeset.author}</dd>
          <dt>Time</dt>
          <dd>${time(changeset.date)}</dd>
          ${
            changeset.branch !== null &&
            html`<dt>Branch</dt>
              <dd>${changeset.branch}</dd>`
          }
          <dt>Parents</dt>
          <dd>
            ${
              changeset.parents.length === 0
                ? 'none'
                : changeset.parents.map(
                    (parent) =>
                      html`<a class="id" href="${home}/changeset/${parent}">${parent.slice(0, 12)}</a> `,
                  )
            }
          </dd>
          ${
            status !== null &&
            html`<dt>Review</dt>
              <dd>${status.status.replace('_', ' ')} by ${status.reviewer}</dd>`
          }
          <dt>As text</dt>
          <dd><a href="${whole}">difference</a>, <a href="${home}/changeset-patch/${rawId}">patch</a></dd>
        </dl>
        <div class="box words">${changeset.message}</div>
        <h2>Changes</h2>
        ${diff !== undefined && diffMarkup(diff, whole)}
        ${
          comments.length > 0 &&
          html`<h2>Comments</h2>
            ${comments.map((comment: ChangesetComment) => remarkMarkup(comment))}`
        }`,
    });
  }
}
