import type { Readable } from 'node:stream';
import type { OperationOptions } from './vcs.js';

/** A file of a commit, without what is in it. */
export interface FileEntry {
  /** Names the content: two files of one repository with the same id are alike. 40 hex digits. */
  id: string;
  /** Bytes. */
  size: number;
}

/** Bytes of a file, counted from 0; both ends belong to it. */
export interface ByteRange {
  start: number;
  end: number;
}

export const ARCHIVE_FORMATS = ['zip', 'tar.gz', 'tar.bz2'] as const;
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number];

/** What a backend gives as streams, because nobody knows how much it is. */
export interface VcsDownloads {
  /** What {@link openFile} would give. @throws VcsError PATH_NOT_FOUND */
  fileEntry(path: string, rawId: string, filePath: string, options?: OperationOptions): Promise<FileEntry>;
  /**
   * A file of any size as a stream; destroying it ends what reads. So with all that is opened here.
   * @throws VcsError PATH_NOT_FOUND
   */
  openFile(
    path: string,
    rawId: string,
    filePath: string,
    options?: OperationOptions & { range?: ByteRange | undefined },
  ): Promise<Readable>;
  /** @param prefix name of the directory that everything lies in. @throws VcsError NOT_INSTALLED without `bzip2` */
  openArchive(
    path: string,
    rawId: string,
    archive: { format: ArchiveFormat; prefix: string },
    options?: OperationOptions,
  ): Promise<Readable>;
  /** The whole difference in git's format, binary files included. @param from null: nothing, as before a first commit */
  openDiff(path: string, from: string | null, to: string, options?: OperationOptions): Promise<Readable>;
  /** A commit as `git am` or `hg import` take it; of a merge, what it brought to its first parent. */
  openPatch(path: string, rawId: string, options?: OperationOptions): Promise<Readable>;
}
