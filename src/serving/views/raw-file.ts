import { Readable } from 'node:stream';
import type { FileEntry } from '../../vcs/downloads.js';
import { partOf, WHOLE_BYTES } from '../../vcs/file-part.js';
import { SANDBOX } from './content-policy.js';
import { dispositionOf } from './disposition.js';
import { contentTypeOf } from './content-type.js';
import { revisionAndPath } from './revision-part.js';
import type { RepoViewRequest, StreamedAnswer } from './view.js';

/** `/raw/<revision>/<path>`: the browser shows it, in a sandbox. */
export const rawFile = (view: RepoViewRequest) => file(view, 'inline');

/** `/rawfile/<revision>/<path>`: the browser saves it. */
export const downloadedFile = (view: RepoViewRequest) => file(view, 'attachment');

async function file(view: RepoViewRequest, disposition: 'inline' | 'attachment'): Promise<StreamedAnswer> {
  const { backend, directory } = view;
  const { rawId, path } = await revisionAndPath(view);
  const entry = await backend.fileEntry(directory, rawId, path, view);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const open: StreamedAnswer['open'] = (range) =>
    backend.openFile(directory, rawId, path, { signal: view.signal, range });
  return fileAnswer(entry, name, open, disposition);
}

/** A file of a user: nothing in it can act in our name, whatever it is. */
export async function fileAnswer(
  { id, size }: FileEntry,
  name: string,
  open: StreamedAnswer['open'],
  disposition: 'inline' | 'attachment',
): Promise<StreamedAnswer> {
  const content = size <= WHOLE_BYTES ? Buffer.concat(await (await open()).toArray()) : null;
  const type = contentTypeOf(name, content);
  const isShown =
    disposition === 'inline' && /^(?:text\/|image\/|audio\/|video\/|application\/json)/.test(type);
  return {
    etag: id,
    size,
    open: content === null ? open : (range) => Promise.resolve(partOf(Readable.from([content]), range)),
    headers: {
      'content-type': type,
      'content-disposition': dispositionOf(isShown ? 'inline' : 'attachment', name),
      'content-security-policy': SANDBOX,
    },
  };
}
