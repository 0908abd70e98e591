import { createHash } from 'node:crypto';
import { lookup } from 'mime-types';
import type { FileContent } from '../../vcs/file-content.js';

/** What is told of a file without showing it. Null: the file is too large to be read. */
export interface FileFacts {
  extension: string;
  mimetype: string;
  md5: string | null;
  binary: boolean | null;
  /** Bytes. */
  size: number;
  lines: number | null;
}

/** As version control tells them apart: text holds no NUL. */
export const isBinary = (content: Buffer) => content.includes(0);

/** Text behind the last dot of the name. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

export function fileFacts({ path, size, content }: FileContent): FileFacts {
  const binary = content && isBinary(content);
  return {
    extension: extensionOf(path),
    mimetype: lookup(path) || (binary === false ? 'text/plain' : 'application/octet-stream'),
    md5: content && createHash('md5').update(content).digest('hex'),
    binary,
    size,
    lines: content && linesOf(content),
  };
}

/** The text of a file; null for binary ones and those above the limit. @param largest bytes; undefined: no limit */
export const textOf = (content: Buffer | null, largest: number | undefined): string | null =>
  content === null || content.length > (largest ?? Infinity) || isBinary(content)
    ? null
    : content.toString('utf8');

/** A last line without an end counts. */
function linesOf(content: Buffer): number {
  let lines = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, end + 1)) lines += 1;
  return content.length > 0 && content[content.length - 1] !== 10 ? lines + 1 : lines;
}
