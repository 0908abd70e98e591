import { VcsError, type Changeset } from '../../vcs/vcs.js';
import { SANDBOX } from './content-policy.js';
import { html, type Markup } from './html.js';
import type { RepoViewRequest, WholeAnswer } from './view.js';

const NEWEST = 20;
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n';

/** `/feed/atom`: the newest changesets. */
export async function atomFeed(view: RepoViewRequest): Promise<WholeAnswer> {
  const { repo, url } = view;
  const changesets = await newest(view);
  return feed(
    'application/atom+xml; charset=utf-8',
    html`<feed xmlns="http://www.w3.org/2005/Atom">
      <id>${url}/feed/atom</id>
      <title>${repo.repo_name}</title>
      <subtitle>${repo.description}</subtitle>
      <link rel="self" href="${url}/feed/atom" />
      <link rel="alternate" type="text/html" href="${url}" />
      <updated>${isoTime(changesets[0]?.date ?? repo.created_on.getTime() / 1000)}</updated>
      ${changesets.map(
        (changeset) => html`
          <entry>
            <id>${pageOf(view, changeset)}</id>
            <title>${titleOf(changeset)}</title>
            <link rel="alternate" type="text/html" href="${pageOf(view, changeset)}" />
            <author><name>${changeset.author}</name></author>
            <updated>${isoTime(changeset.date)}</updated>
            <content type="text">${changeset.message}</content>
          </entry>
        `,
      )}</feed
    > `,
  );
}

/** `/feed/rss`: the same as RSS 2.0. */
export async function rssFeed(view: RepoViewRequest): Promise<WholeAnswer> {
  const { repo, url } = view;
  const changesets = await newest(view);
  return feed(
    'application/rss+xml; charset=utf-8',
    html`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>${repo.repo_name}</title>
    <link>${url}</link>
    <description>${repo.description || repo.repo_name}</description>
    <atom:link rel="self" type="application/rss+xml" href="${url}/feed/rss"/>
${changesets.map(
  (changeset) => html`    <item>
      <title>${titleOf(changeset)}</title>
      <link>${pageOf(view, changeset)}</link>
      <guid isPermaLink="true">${pageOf(view, changeset)}</guid>
      <dc:creator>${changeset.author}</dc:creator>
      <pubDate>${new Date(changeset.date * 1000).toUTCString()}</pubDate>
      <description>${changeset.message}</description>
    </item>
`,
)}  </channel>
</rss>
`,
  );
}

async function newest({ backend, directory, ...view }: RepoViewRequest): Promise<Changeset[]> {
  try {
    return await backend.history(directory, { newest: NEWEST, reverse: true }, view);
  } catch (error) {
    if (error instanceof VcsError && error.code === 'EMPTY_REPOSITORY') return [];
    throw error;
  }
}

const feed = (type: string, { text }: Markup): WholeAnswer => ({
  headers: { 'content-type': type, 'content-security-policy': SANDBOX },
  body: DECLARATION + text,
});
const pageOf = ({ url }: RepoViewRequest, { rawId }: Changeset) => `${url}/changeset/${rawId}`;
const isoTime = (seconds: number) => new Date(seconds * 1000).toISOString();
export const titleOf = ({ message }: Pick<Changeset, 'message'>) =>
  message.split('\n', 1)[0]?.trim() || '(no message)';
