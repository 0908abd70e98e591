import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { GistReader } from '../../families/gists/gist-reader.js';
import type { GistFile, GistRecord } from '../../families/gists/gist-record.js';
import { GistsDirectory } from '../../families/gists/gists.directory.js';
import { notFound } from '../../rpc/errors.js';
import { partOf } from '../../vcs/file-part.js';
import { html } from './html.js';
import { page, time } from './page.js';
import { fileAnswer } from './raw-file.js';
import type { ViewAnswer, ViewRequest } from './view.js';

/** `/_admin/gists/<access_id>`, and its files below `/raw/` or, as Kallithea has it, `/<revision>/raw/`. */
@Injectable()
export class GistViews {
  private readonly home: string;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly gists: GistsDirectory,
    private readonly reader: GistReader,
  ) {
    this.home = `${new URL(settings.publicUrl).pathname.replace(/\/+$/, '')}/_admin/gists`;
  }

  /** @param parts decoded, behind `/_admin/gists` */
  async show({ principal }: ViewRequest, parts: readonly string[]): Promise<ViewAnswer> {
    const [accessId = '', ...rest] = parts;
    const gist = await this.gists.readable(principal, accessId);
    const files = await this.reader.files(gist);
    if (rest.length === 0) return this.pageOf(gist, files);
    const [kind, name] = rest.length === 3 ? rest.slice(1) : rest;
    const file =
      kind === 'raw' && rest.length <= 3 ? files.find(({ filename }) => filename === name) : undefined;
    if (file === undefined) throw notFound('the gist has no such file');
    return rawGistFile(file);
  }

  private pageOf(gist: GistRecord, files: readonly GistFile[]): ViewAnswer {
    const here = `${this.home}/${encodeURIComponent(gist.access_id)}`;
    const title = gist.description.split('\n', 1)[0]?.trim() || `Gist ${gist.access_id}`;
    return page({
      title,
      trail: [{ text: `gist ${gist.access_id}`, href: here }],
      main: html`<h1>${title}</h1>
        <dl class="facts">
          <dt>Kind</dt>
          <dd>${gist.gist_type}</dd>
          <dt>Owner</dt>
          <dd>${gist.owner}</dd>
          <dt>Created</dt>
          <dd>${time(gist.created_on)}</dd>
          <dt>Expires</dt>
          <dd>${gist.expires_at === null ? 'never' : time(gist.expires_at)}</dd>
        </dl>
        ${gist.description.includes('\n') && html`<div class="box words">${gist.description}</div>`}
        ${files.map(
          ({ filename, content }) =>
            html`<h2>${filename}</h2>
              <p><a href="${here}/raw/${encodeURIComponent(filename)}">as it is</a></p>
              <pre class="box scroll" tabindex="0" aria-label="${filename}">
${content.toString('utf8')}</pre> `,
        )}`,
    });
  }
}

async function rawGistFile({ filename, content }: GistFile): Promise<ViewAnswer> {
  const entry = { id: createHash('sha1').update(content).digest('hex'), size: content.length };
  const open = (range?: Parameters<typeof partOf>[1]) =>
    Promise.resolve(partOf(Readable.from([content]), range));
  return fileAnswer(entry, filename, open, 'inline');
}
