import { VcsError, type Changeset, type Refs } from '../../vcs/vcs.js';
import { ARCHIVE_FORMATS } from '../../vcs/downloads.js';
import { titleOf } from './feed.js';
import { html, type Markup } from './html.js';
import { page, time } from './page.js';
import type { RepoViewRequest, WholeAnswer } from './view.js';

const NEWEST = 25;
/** Names of one kind that are shown; `refs-data` has them all. */
const SHOWN_REFS = 50;

/** The page of a repository itself. */
export async function repositoryPage(view: RepoViewRequest): Promise<WholeAnswer> {
  const { repo, home, url } = view;
  const content = repo.repo_state === 'repo_state_created' ? await contentOf(view) : null;
  return page({
    title: repo.repo_name,
    trail: trailOf(view),
    main: html`<h1>${repo.repo_name}</h1>
      ${repo.description !== '' && html`<p class="words">${repo.description}</p>`}
      <dl class="facts">
        <dt>Kind</dt>
        <dd>${repo.repo_type === 'git' ? 'git' : 'Mercurial'}${repo.private && ', private'}</dd>
        <dt>Clone</dt>
        <dd><code>${repo.repo_type} clone ${url}</code></dd>
        <dt>Owner</dt>
        <dd>${repo.owner}</dd>
        ${
          repo.fork_of !== null &&
          html`<dt>Fork of</dt>
            <dd>${repo.fork_of}</dd>`
        }
        <dt>Feeds</dt>
        <dd><a href="${home}/feed/atom">Atom</a>, <a href="${home}/feed/rss">RSS</a></dd>
      </dl>
      ${content === null ? html`<p>This repository is not ready: ${stateOf(repo.repo_state)}.</p>` : contentMarkup(view, content)}`,
  });
}

interface Content {
  refs: Refs;
  changesets: Changeset[];
}

async function contentOf({ backend, directory, ...view }: RepoViewRequest): Promise<Content> {
  const [refs, changesets] = await Promise.all([
    backend.refs(directory, view),
    backend.history(directory, { newest: NEWEST, reverse: true }, view).catch((error: unknown) => {
      if (error instanceof VcsError && error.code === 'EMPTY_REPOSITORY') return [];
      throw error;
    }),
  ]);
  return { refs, changesets };
}

function contentMarkup(view: RepoViewRequest, { refs, changesets }: Content): Markup {
  const { repo, home } = view;
  if (changesets.length === 0)
    return html`<h2>Changesets</h2>
      <p>There are none yet.</p>`;
  return html`<h2>Newest changesets</h2>
    ${changesetTable(home, changesets)}
    ${refList(home, 'Branches', refs.branches)}${refList(home, 'Bookmarks', refs.bookmarks)}${refList(home, 'Tags', refs.tags)}
    ${
      repo.enable_downloads &&
      html`<h2>Download</h2>
        <ul class="plain row">
          ${ARCHIVE_FORMATS.map(
            (format) => html`<li><a href="${home}/archive/tip.${format}">tip.${format}</a></li>`,
          )}
        </ul>`
    }`;
}

/** @param home path of the repository that has them; null: the reader may not see it */
export function changesetTable(home: string | null, changesets: readonly Changeset[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      <thead>
        <tr>
          <th scope="col">Changeset</th>
          <th scope="col">Author</th>
          <th scope="col">Time</th>
          <th scope="col">Id</th>
        </tr>
      </thead>
      <tbody>
        ${changesets.map(
          (changeset) =>
            html`<tr>
              <td>
                ${home === null ? titleOf(changeset) : html`<a href="${home}/changeset/${changeset.rawId}">${titleOf(changeset)}</a>`}
              </td>
              <td>${changeset.author}</td>
              <td class="nowrap">${time(changeset.date)}</td>
              <td class="id">${changeset.rawId.slice(0, 12)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function refList(home: string, title: string, refs: Record<string, string>): Markup | null {
  const entries = Object.entries(refs);
  if (entries.length === 0) return null;
  const shown = entries.slice(0, SHOWN_REFS);
  return html`<h2>${title}</h2>
    <ul class="plain row">
      ${shown.map(([name, id]) => html`<li><a href="${home}/changeset/${id}">${name}</a></li>`)}
    </ul>
    ${
      shown.length < entries.length &&
      html`<p class="dim">
        ${entries.length - shown.length} more: <a href="${home}/refs-data">all names</a>
      </p>`
    }`;
}

const stateOf = (state: string) =>
  state === 'repo_state_pending' ? 'it is still being created' : 'it could not be created';

/** Links to the page of the repository. */
export const trailOf = ({ repo, home }: RepoViewRequest) => [{ text: repo.repo_name, href: home }];
