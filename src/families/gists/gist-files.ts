/** Limits of one gist. */
export const MAX_FILES = 100;
export const MAX_TOTAL_BYTES = 10 * 1024 * 1024;
const MAX_NAME_BYTES = 255;

/** Content by file name; null: this file shall go. */
export type FileChanges = ReadonlyMap<string, Buffer | null>;

/** What is wrong with a `files` argument, in words for the caller. */
export class GistFilesError extends Error {}

/**
 * Reads `{"name": {"content": "text"}}`; other members of a file, such as `lexer`, mean nothing.
 * @param mayRemove whether a null for a file is allowed, which then removes it
 * @throws GistFilesError
 */
export function readFiles(given: Readonly<Record<string, unknown>>, mayRemove: boolean): FileChanges {
  const files = new Map<string, Buffer | null>();
  for (const [name, file] of Object.entries(given)) {
    checkName(name);
    if (file === null && mayRemove) {
      files.set(name, null);
      continue;
    }
    const content = typeof file === 'object' && file !== null && 'content' in file ? file.content : undefined;
    if (typeof content !== 'string')
      throw new GistFilesError('each file must be an object with a text `content`');
    files.set(name, Buffer.from(content));
  }
  return files;
}

/** @throws GistFilesError when a gist of this many files and bytes may not be */
export function checkSize(files: number, bytes: number): void {
  if (files === 0) throw new GistFilesError('a gist needs at least one file');
  if (files > MAX_FILES) throw new GistFilesError(`a gist may have ${MAX_FILES} files at most`);
  if (bytes > MAX_TOTAL_BYTES) throw new GistFilesError(`a gist may have ${MAX_TOTAL_BYTES} bytes at most`);
}

/** A name that is a file of its own wherever somebody saves or clones it: no way, no control file, nothing unseen. */
function checkName(name: string): void {
  const fault = nameFault(name);
  if (fault !== null) throw new GistFilesError(`a file name must not ${fault}`);
}

function nameFault(name: string): string | null {
  if (name.trim() === '') return 'be empty';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `have more than ${MAX_NAME_BYTES} bytes`;
  if (/[/\\]/.test(name)) return 'have a directory part';
  if (/[\p{Cc}\p{Cf}\p{Surrogate}\p{Zl}\p{Zp}]/u.test(name)) return 'have control characters';
  if (name === '.' || name === '..') return 'be a directory';
  if (/^(\.git|\.hg|git~\d+|hg~\d+)[ .]*$/i.test(name)) return 'be that of a control directory';
  return null;
}
